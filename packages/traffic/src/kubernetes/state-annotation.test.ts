import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANNOTATION, decodeAnnotation, encodeAnnotation } from './state-annotation.ts';

const decode = (text: string) => decodeAnnotation({ other: 'x', [ANNOTATION]: text }, 'here');

describe('a state in an annotation', () => {
  it('is what was written, short or long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 40_000 }), (value, length) => {
        const state = { value, more: 'x'.repeat(length) };
        expect(JSON.stringify(decode(encodeAnnotation(state))?.value)).toBe(JSON.stringify(state));
      }),
    );
  });

  it('stays readable while it is short, and has another name with every change', () => {
    expect(encodeAnnotation({ a: 1 })).toBe('{"a":1}');
    expect(encodeAnnotation({ a: 'x'.repeat(20_000) })).toMatch(/^gzip:/);
    expect(decode('{"a":1}')?.token).not.toBe(decode('{"a":2}')?.token);
    expect(decodeAnnotation({}, 'here')).toBeUndefined();
  });

  it('is refused beyond what Kubernetes takes, counted with the other annotations', () => {
    const noise = Array.from({ length: 300_000 }, (_, i) => Math.sin(i).toString(36))
      .join('')
      .slice(0, 600_000);
    expect(() => encodeAnnotation(noise)).toThrow(/256 KiB.*state: file:/);
    expect(() => encodeAnnotation(1, { a: 'x'.repeat(256 * 1024) })).toThrow(/256 KiB/);
    expect(encodeAnnotation(1, { [ANNOTATION]: 'x'.repeat(256 * 1024) })).toBe('1');
  });

  it('that was changed by hand is never taken for none', () => {
    for (const text of ['', '{', 'gzip:', 'gzip:AAAA']) expect(() => decode(text)).toThrow(/not one of ours/);
  });
});
