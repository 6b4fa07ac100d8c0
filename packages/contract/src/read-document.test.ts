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

  it('refuses broken YAML, double keys and alias bombs', () => {
    expect(() => read('gates: [')).toThrow(/gates\.yaml:\d+:\d+/);
    expect(() => read('confidence: 0.9\nconfidence: 0.1\ngates: []')).toThrow(/unique/i);
    const bomb = `a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]`;
    expect(() => read(bomb)).toThrow(/alias/i);
  });
});
