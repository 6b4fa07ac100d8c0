import { InternalError, ProgramError, SystemError, UserError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { failureOf } from './verdict.ts';

const provenance = { version: '1.2.3', reportTo: 'https://example.org/issues' };
const of = (error: unknown) => failureOf(error, provenance);

describe('failureOf', () => {
  it.each([
    [new UserError('no such file'), 2, 'bad input: no such file'],
    [new SystemError('503'), 4, 'a system did not answer: 503'],
    [new ProgramError('trainer exited 1'), 5, 'your program failed: trainer exited 1'],
  ])('shows no stack for %s', (error, exit, message) => {
    expect(of(error)).toEqual({ exit, message });
  });

  it('takes an unknown error for its own fault, with version and where to report it', () => {
    const failure = of(new TypeError('x is undefined'));
    expect(failure.exit).toBe(70);
    expect(failure.message).toMatch(
      /^a fault of ours: x is undefined\n.*1\.2\.3.*https:\/\/example\.org\/issues/,
    );
    expect(failure.stack).toContain('TypeError');
  });

  it('takes anything thrown', () => {
    expect(of('text')).toMatchObject({ exit: 70, message: expect.stringContaining('text') });
    expect(of(undefined).exit).toBe(70);
    expect(of(new InternalError('output missing')).exit).toBe(70);
  });

  it('does not blame the code for a full disk', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(of(full)).toMatchObject({ exit: 4, message: expect.stringContaining('free some space') });
    expect(of(full).stack).toBeUndefined();
  });
});
