import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, readDotenv, readDotenvLocally } from '../testing/dotenv-rules.ts';
import { dotenvReport, variableOf } from './dotenv.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a job would expand
const MEANINGFUL = ['$', '$$', '${PATH}', '$HOME', '#', '=', '"', ' '];
const value = fc
  .array(fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom(...MEANINGFUL)))
  .map((parts) =>
    parts
      .join('')
      .replace(/[\r\n\v\f\u2028\u2029\u0085]/g, '')
      .trim(),
  )
  .filter((text) => text !== '' && text.trim() === text);
const outputs = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,6}(-[a-z]{1,6})?$/), value, { maxKeys: 8 })
  .map((record) => new Map(Object.entries(record)));
const environment = new Map([
  ['PATH', '/bin'],
  ['HOME', '/root'],
]);

describe('dotenvReport', () => {
  it('arrives in the next job as it was, whatever `$` stands in it', () => {
    fc.assert(
      fc.property(
        outputs.filter((o) => o.size > 0),
        (given) => {
          const read = readDotenv(dotenvReport('', 'EVAL_GATE', given, 'gitlab'));
          for (const [name, text] of given)
            expect(expand(read.get(variableOf('EVAL_GATE', name)) as string, environment)).toBe(text);
        },
      ),
    );
  });

  it('arrives under gitlab-ci-local too, where `#` begins a remark', () => {
    const readable = outputs.filter((o) => o.size > 0 && ![...o.values()].some((v) => /['`]/.test(v)));
    fc.assert(
      fc.property(readable, (given) => {
        const read = readDotenvLocally(dotenvReport('', 'EVAL_GATE', given, 'gitlab-ci-local'));
        for (const [name, text] of given)
          expect(expand(read.get(variableOf('EVAL_GATE', name)) as string, environment)).toBe(text);
      }),
    );
  });

  it('keeps the lines of other actions of the job and replaces its own', () => {
    const before = 'SMOKE_TEST_HEALTHY=true\nEVAL_GATE_DEPLOY=true\n\n';
    expect(dotenvReport(before, 'EVAL_GATE', new Map([['deploy', 'false']]), 'gitlab')).toBe(
      'SMOKE_TEST_HEALTHY=true\nEVAL_GATE_DEPLOY=false\n',
    );
  });

  it('says which output is too long for GitLab', () => {
    const given = new Map([
      ['deploy', 'true'],
      ['metrics', 'x'.repeat(4_900)],
    ]);
    expect(() => dotenvReport('', 'EVAL_GATE', given, 'gitlab')).toThrow(/4800; the longest is 'metrics'/);
  });

  it('counts bytes, not characters', () => {
    expect(() => dotenvReport('', 'P', new Map([['a', '模'.repeat(1_700)]]), 'gitlab')).toThrow(
      /5[0-9]{3} bytes/,
    );
  });

  it('says what to do about too many variables', () => {
    const given = new Map(Array.from({ length: 21 }, (_, i) => [`o${i}`, 'x']));
    expect(() => dotenvReport('', 'P', given, 'gitlab')).toThrow(/21 variables.*job of its own/);
  });

  it('refuses several lines and blanks at the ends', () => {
    expect(() => dotenvReport('', 'P', new Map([['a', 'x\ny']]), 'gitlab')).toThrow(/one line/);
    expect(() => dotenvReport('', 'P', new Map([['a', ' x']]), 'gitlab')).toThrow(/one line/);
  });
});
