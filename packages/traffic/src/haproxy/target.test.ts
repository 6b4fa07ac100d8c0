import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHaproxyTarget } from './target.ts';

describe('a HAProxy target', () => {
  it('names a Unix socket, a frontend and a variable', () => {
    expect(parseHaproxyTarget('unix:/run/haproxy/admin.sock?frontend=users&var=share')).toEqual({
      address: { path: '/run/haproxy/admin.sock' },
      frontend: 'users',
      variable: 'proc.share',
      salt: 'proc.share_salt',
      file: undefined,
    });
  });

  it.each([
    ['tcp:127.0.0.1:9999', { host: '127.0.0.1', port: 9999 }],
    ['tcp:gateway.local:1', { host: 'gateway.local', port: 1 }],
    ['tcp:[::1]:65535', { host: '::1', port: 65535 }],
  ])('%s', (target, address) => {
    expect(parseHaproxyTarget(target)).toMatchObject({ address, variable: 'proc.canary' });
  });

  it.each([
    ['', /is empty/],
    ['/run/haproxy.sock', /begins with neither unix: nor tcp:/],
    ['unix:run/haproxy.sock', /no absolute path/],
    [`unix:/${'a'.repeat(107)}`, /longer than 107 bytes/],
    ['tcp:localhost', /no host:port/],
    ['tcp:localhost:70000', /no host:port/],
    ['unix:/s?variable=x', /unknown part 'variable'/],
    ['unix:/s?fronted=x', /did you mean frontend\?/],
    ['unix:/s?var=a&var=b', /var twice/],
    ['unix:/s?var=', /empty var/],
    ['unix:/s?var=a;b', /named by letters/],
    ['unix:/s?var=x%20int(1)', /named by letters/],
    ['unix:/s?frontend=a%20b', /no name of a frontend/],
    ['unix:/s?file=sluice.cfg', /absolute path is needed/],
  ])('refuses %j and says why', (target, message) => {
    expect(() => parseHaproxyTarget(target)).toThrow(message);
    expect(() => parseHaproxyTarget(target)).toThrow(/Allowed: unix:/);
  });

  it('gives back what was put together, and never anything that could end a command', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/);
    const path = fc.stringMatching(/^\/[a-z0-9/._-]{1,60}$/);
    fc.assert(
      fc.property(path, name, name, path, (socket, frontend, variable, file) => {
        const query = new URLSearchParams({ frontend, var: variable, file });
        expect(parseHaproxyTarget(`unix:${socket}?${query}`)).toEqual({
          address: { path: socket },
          frontend,
          variable: `proc.${variable}`,
          salt: `proc.${variable}_salt`,
          file,
        });
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (place, query) => {
        try {
          const { variable, salt } = parseHaproxyTarget(`${place}?${query}`);
          expect(variable + salt).toMatch(/^[A-Za-z0-9_.]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
