import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

const allowed = { router: { description: 'x' }, json: { description: 'x', alone: true } };

describe('readOptions', () => {
  it('takes options with and without a value, and words', () => {
    expect(readOptions(['tcp:a:1', '--json', '--router', 'nginx'], allowed)).toEqual({
      options: { json: 'true', router: 'nginx' },
      words: ['tcp:a:1'],
    });
    expect(readOptions(['--router=haproxy'], allowed).options).toEqual({ router: 'haproxy' });
  });

  it('names what is unknown or lacks its value', () => {
    expect(() => readOptions(['--rooter', 'x'], allowed)).toThrow(/did you mean --router/);
    expect(() => readOptions(['--router'], allowed)).toThrow(/--router needs a value/);
  });
});
