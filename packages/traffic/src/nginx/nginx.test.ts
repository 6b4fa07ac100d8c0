import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saidSplit, splitFile } from './split.ts';
import { parseNginxTarget } from './target.ts';

describe('an NGINX target', () => {
  it('names the split file, the pid file and the status', () => {
    expect(parseNginxTarget('/etc/nginx/split.conf?status=http://127.0.0.1:81/split')).toEqual({
      file: '/etc/nginx/split.conf',
      pidFile: '/run/nginx.pid',
      status: 'http://127.0.0.1:81/split',
    });
  });

  it.each([
    ['', /no absolute path/],
    ['split.conf', /no absolute path/],
    ['/etc/nginx/split.conf', /no status=/],
    ['/s?status=localhost', /no address/],
    ['/s?status=http://a&reload=nginx -s reload', /pid file is needed/],
    ['/s?stats=http://a', /did you mean status\?/],
  ])('refuses %j and says why', (target, message) => {
    expect(() => parseNginxTarget(target)).toThrow(message);
    expect(() => parseNginxTarget(target)).toThrow(UserError);
  });
});

describe('the split file', () => {
  it('gives the first ranges to the canary', () => {
    const text = splitFile({ weight: 2.5, salt: 's1', stable: 'a', canary: 'b' });
    expect(text).toContain('split_clients "$sluice_user-s1" $sluice_slot {\n  2.50% b;\n  * a;\n}');
  });

  it('says the weight and the salt as they were given', () => {
    const salts = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), salts, (points, salt) => {
        const text = splitFile({ weight: points / 100, salt, stable: 'stable', canary: 'canary' });
        const said = /default "(.*)"/.exec(text)?.[1] as string;
        expect(saidSplit(said)).toEqual({ weight: points / 100, salt });
      }),
    );
    for (const other of ['', '101 a', '1.234 a', '5', '<html>']) expect(saidSplit(other)).toBeUndefined();
  });
});
