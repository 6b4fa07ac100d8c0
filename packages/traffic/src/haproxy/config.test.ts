import { describe, expect, it } from 'vitest';
import { haproxyConfig } from './config.ts';

const least = { socket: '/run/s.sock', bind: ':8000', stable: ['10.0.0.1:8000'], canary: ['10.0.0.2:8000'] };

describe('the reference configuration', () => {
  it('begins with nobody in the canary and compares users with the variable', () => {
    const config = haproxyConfig({ ...least, variable: 'share' });
    expect(config).toContain('set-var proc.share int(0)');
    expect(config).toContain('var(txn.bucket),sub(proc.share)');
    expect(config).toContain('stats socket /run/s.sock mode 660 level admin');
    expect(config).not.toContain('prometheus-exporter');
  });

  it('takes users from what is given, in that order, and the source address at last', () => {
    const rules = haproxyConfig({ ...least, users: ['header:authorization', 'cookie:session'] })
      .split('\n')
      .filter((line) => line.includes('set-var(txn.user)'))
      .map((line) => /set-var\(txn.user\) (\S+)/.exec(line)?.[1]);
    expect(rules).toEqual(['req.hdr(authorization)', 'req.cook(session)', 'src']);
    expect(() => haproxyConfig({ ...least, users: ['x-user-id'] })).toThrow(/header:<name>, cookie:<name>/);
  });

  it('is not extended by a line break in a value', () => {
    expect(() => haproxyConfig({ ...least, stable: ['a:1\n  acl x'] })).toThrow(/stable .* line break/);
  });
});
