import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, logSafe } from './index.ts';

describe('formatNumber', () => {
  it('shows four significant digits and whole numbers whole', () => {
    expect([0, 12_345, 0.123456, 1234.56, 1e-7, Infinity, Number.NaN].map(formatNumber)).toEqual([
      '0',
      '12345',
      '0.1235',
      '1234.6',
      '1.000e-7',
      '∞',
      'not a number',
    ]);
  });
});

describe('logSafe', () => {
  it('leaves no line that a CI host takes for a command', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom('::error::x', '  ::set-output name=a::b', '##[error]', '\n', '\r', ':'),
            fc.string(),
          ),
        ),
        (parts) => {
          for (const line of logSafe(parts.join('')).split(/[\r\n]/)) {
            expect(line.trimStart().startsWith('::')).toBe(false);
            expect(line.includes('##[')).toBe(false);
          }
        },
      ),
    );
  });
});
