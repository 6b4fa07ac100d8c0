import { UserError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { checkPolicy, parsePolicy, policyDigest, readyMade } from './policy.ts';
import { closedWindow } from './window.ts';

describe('parsePolicy', () => {
  it('knows the ready-made ones by name', () => {
    expect(parsePolicy('classic')).toMatchObject({ errors: { above: 1, for: '5m' }, latency: { times: 2 } });
    expect(parsePolicy('sequential')).toMatchObject({ alpha: 0.01, assume: 'bursts', holdback: 'auto' });
  });

  it('fills in defaults, and its digest does not depend on how it was written', () => {
    const a = parsePolicy('{kind: classic, errors: {above: 2}}');
    const b = parsePolicy('errors:\n  for: 5m\n  above: 2\nkind: classic\n');
    expect(policyDigest(a)).toBe(policyDigest(b));
    expect(policyDigest(a)).not.toBe(policyDigest(readyMade('classic')));
    expect(checkPolicy(JSON.parse(JSON.stringify(a)))).toEqual(a);
  });

  it.each([
    ['clasic', /did you mean 'classic'/],
    ['kind: other', /must be one of classic, sequential/],
    ['kind: classic\nerors: {above: 2}', /2:8: unknown key 'erors': did you mean 'errors'/],
    ['kind: classic\ninterval: 5', /'interval' must be a duration with its unit/],
    ['kind: classic\ninterval: 0s', /2:11: 'interval' must be longer than 0/],
    ['kind: sequential\ninterval: 5', /'interval' must be a duration with its unit/],
    ['kind: sequential\nguards: [errors, latncy]', /'guards.1' must be one of errors, latency/],
    ['kind: sequential\nholdback: full', /'holdback' must be 'auto' or a number/],
    ['kind: sequential\nalpha: 5', /'alpha' must be a number from 0.0001 to 0.2/],
    ['kind: sequential\nwindows: [18-23]', /window '18-23' is not a time of day/],
  ])('refuses %s', (text, message) => {
    expect(() => parsePolicy(text, 'policy.yaml')).toThrow(UserError);
    expect(() => parsePolicy(text, 'policy.yaml')).toThrow(message);
  });
});

describe('closedWindow', () => {
  const at = (time: string) => Date.parse(`2026-03-01T${time}:00Z`);
  it.each([
    ['not 18:00-23:00 Asia/Shanghai', '09:59', true],
    ['not 18:00-23:00 Asia/Shanghai', '10:00', false],
    ['not 18:00-23:00 Asia/Shanghai', '15:00', true],
    ['22:00-04:00 UTC', '23:00', true],
    ['22:00-04:00 UTC', '03:59', true],
    ['22:00-04:00 UTC', '12:00', false],
  ])('%s at %s UTC: open is %s', (window, time, open) => {
    expect(closedWindow([window], at(time))).toBe(open ? undefined : window);
  });
});
