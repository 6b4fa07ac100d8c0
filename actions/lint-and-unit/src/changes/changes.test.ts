import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcher } from './glob.ts';
import { previousTag } from './previous-tag.ts';

describe('matcher', () => {
  const defaults = ['src/train*', 'config*', '*.dvc', 'dvc.lock', 'data/**'];

  it.each([
    ['src/train.py', true],
    ['src/training/loop.py', true],
    ['src/serve.py', false],
    ['lib/src/train.py', false],
    ['config.yaml', true],
    ['configs/lora/a.yaml', true],
    ['data/raw/x.jsonl', true],
    ['data/raw/x.jsonl.dvc', true],
    ['models/base.dvc', true],
    ['dvc.lock', true],
    ['README.md', false],
    ['mydata/x', false],
  ])('%s by the default patterns: %s', (file, matches) => {
    expect(matcher(defaults)(file)).toBe(matches);
  });

  it.each([
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['**/b', 'x/b', true],
    ['/a', 'x/a', false],
    ['./a', 'a', true],
    ['a/', 'a', false],
    ['a/', 'x/a/b', true],
    ['?.py', 'a.py', true],
    ['[ab].py', 'c.py', false],
    ['[!ab].py', 'c.py', true],
    ['a+b(c).py', 'a+b(c).py', true],
    ['数据/*', '数据/训练.jsonl', true],
    ['\\*.py', 'a.py', false],
  ])('%s on %s: %s', (pattern, file, matches) => {
    expect(matcher([pattern])(file)).toBe(matches);
  });

  it('takes out again what a later pattern excepts', () => {
    const match = matcher(['data/**', '!data/docs/**', 'data/docs/schema.json']);
    expect(['data/a', 'data/docs/b', 'data/docs/schema.json', 'c'].map(match)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('never takes plain text for anything else', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((t) => !/[*?[\]\\!/\n]/.test(t) && t !== '.' && t !== '..');
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(matcher([`/${a}`])(a)).toBe(true);
        if (a !== b) expect(matcher([`/${a}`])(b)).toBe(false);
      }),
    );
  });

  it('says which pattern is broken', () => {
    expect(() => matcher(['[z-a]'])).toThrow(/model-paths: '\[z-a\]'/);
  });
});

describe('previousTag', () => {
  const tags = [
    'v1.2.0',
    'v1.10.0',
    'v1.9.9',
    'v2.0.0-rc.2',
    'v2.0.0-rc.10',
    'v2.0.0',
    'web/v1.9.0',
    'nightly',
  ];
  it.each([
    ['v1.10.0', 'v1.9.9'],
    ['v2.0.0', 'v2.0.0-rc.10'],
    ['v2.0.0-rc.10', 'v2.0.0-rc.2'],
    ['v1.2.0', undefined],
    ['web/v1.9.0', undefined],
    ['nightly', undefined],
    ['v3.0.0', 'v2.0.0'],
  ])('before %s comes %s', (tag, previous) => {
    expect(previousTag(tag, tags)).toBe(previous);
  });
});
