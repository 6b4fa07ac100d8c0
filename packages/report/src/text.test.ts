import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInterval, formatNumber, logSafe } from './index.ts';

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

describe('formatInterval', () => {
  it.each([
    [-0.07571, -0.0002028, '-0.07571 to -0.0002'],
    [0.00008549, 0.007882, '0.000085 to 0.007882'],
    [0.6547, 0.6947, '0.6547 to 0.6947'],
    [120.5, 480.25, '120.5 to 480.3'],
    [0.2, Number.POSITIVE_INFINITY, '0.2 to ∞'],
    [1, 1, '1 to 1'],
    [0, 1e9, '0 to 1000000000'],
  ])('%d and %d: %s', (low, high, text) => expect(formatInterval(low, high, ' to ')).toBe(text));
});
