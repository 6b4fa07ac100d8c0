import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { readDocument } from './index.ts';

const schema = z.strictObject({
  confidence: z._default(z.number(), 0.95),
  gates: z.array(z.strictObject({ metric: z.string(), margin: z.optional(z.number()) })),
});
const read = (text: string) => readDocument(text, 'gates.yaml', schema);

describe('readDocument', () => {
  it('reads YAML and JSON', () => {
    expect(read('gates: [{metric: a}]')).toEqual({ confidence: 0.95, gates: [{ metric: 'a' }] });
    expect(read('{"gates":[]}')).toEqual({ confidence: 0.95, gates: [] });
  });

  it('points at line and column, all problems at once', () => {
    const broken = 'confidence: high\ngates:\n  - metric: a\n    margn: 1\n  - margin: 2\n';
    expect(() => read(broken)).toThrow(/gates\.yaml:1:13: 'confidence'/);
    expect(() => read(broken)).toThrow(/gates\.yaml:4:\d+: unknown key 'margn': did you mean 'margin'\?/);
    expect(() => read(broken)).toThrow(/gates\.yaml:5:5: 'gates\.1\.metric'/);
  });

  it('says what was given and what is allowed', () => {
    const words = z.strictObject({
      dataset: z.optional(z.enum(['fixed', 'may-differ'])),
      confidence: z.optional(z.number().check(z.gt(0.5), z.lt(1))),
      margin: z.optional(z.number().check(z.gte(0))),
      seed: z.optional(z.int()),
      name: z.optional(z.string().check(z.minLength(1))),
      on: z.optional(z.boolean()),
      positive: z.optional(z.union([z.string(), z.number()])),
      gates: z.array(z.number()),
    });
    const said = (text: string): string => {
      try {
        readDocument(text, 'g.yaml', words);
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    const cases: [string, string][] = [
      [
        'gates: []\ndataset: fixd',
        "g.yaml:2:10: 'dataset' is the text 'fixd': did you mean 'fixed'?; allowed: 'fixed', 'may-differ'",
      ],
      ['gates: []\nconfidence: 95', "g.yaml:2:13: 'confidence' is 95; allowed: a number under 1"],
      ['gates: []\nconfidence: 0.5', "g.yaml:2:13: 'confidence' is 0.5; allowed: a number above 0.5"],
      ['gates: []\nmargin: -1', "g.yaml:2:9: 'margin' is -1; allowed: a number of at least 0"],
      ['gates: []\nmargin: 1%', "g.yaml:2:9: 'margin' is the text '1%'; allowed: a finite number"],
      ['gates: []\nmargin: .nan', "g.yaml:2:9: 'margin' is NaN; allowed: a finite number"],
      ['gates: []\nmargin:', "g.yaml:2:8: 'margin' is empty; allowed: a finite number"],
      ['gates: []\nseed: 1.5', "g.yaml:2:7: 'seed' is 1.5; allowed: a whole number"],
      ['gates: []\nname: ""', "g.yaml:2:7: 'name' is an empty text; allowed: a text that is not empty"],
      ['gates: []\non: yes', "g.yaml:2:5: 'on' is the text 'yes'; allowed: true or false"],
      ['gates: []\npositive: {}', "g.yaml:2:11: 'positive' is a map; allowed: a text, or a finite number"],
      ['gates: 3', "g.yaml:1:8: 'gates' is 3; allowed: a list"],
      ['seed: 1', "g.yaml:1:1: 'gates' is missing; allowed: a list"],
      ['[]', 'g.yaml:1:1: the document is a list; allowed: a map'],
      [
        '',
        'g.yaml:1:1: the document is empty; allowed: a map of dataset, confidence, margin, seed, name, on, positive, gates',
      ],
    ];
    for (const [text, message] of cases) expect(said(text)).toBe(message);
  });

  it('refuses broken YAML, double keys and alias bombs', () => {
    expect(() => read('gates: [')).toThrow(/gates\.yaml:\d+:\d+/);
    expect(() => read('confidence: 0.9\nconfidence: 0.1\ngates: []')).toThrow(/unique/i);
    const bomb = `a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]`;
    expect(() => read(bomb)).toThrow(/gates\.yaml:2:8: .*alias/i);
    expect(() => read('confidence: 0.9\ngates: [*none]')).toThrow(/gates\.yaml:2:9: Unresolved alias .*none/);
    expect(() => read('gates: []\n---\ngates: []')).toThrow(
      'gates.yaml:2:1: a second document starts here; allowed: one document a file',
    );
  });

  it('says what is nested without end, and a thousand mistakes, in a message that can be read', () => {
    expect(() => read(`gates: ${'['.repeat(5000)}`)).toThrow(/gates\.yaml:1:\d+: .*nested too deep/);
    for (const text of [`gates: ${'['.repeat(5000)}`, `gates: [${'{a: 1}, '.repeat(1000)}]`]) {
      try {
        read(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/\nand \d+ more$/);
        expect((error as Error).message.length).toBeLessThan(6000);
      }
    }
  });
});
