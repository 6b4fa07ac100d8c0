import { describe, expect, it } from 'vitest';
import { defineAction, encodeOutputs, flag, InternalError, metrics, text, UserError } from './index.ts';

const definition = defineAction({
  name: 'sample',
  title: 'sample',
  description: 'A sample.',
  inputs: {},
  outputs: {
    deploy: { type: flag, description: 'd' },
    metrics: { type: metrics, description: 'm' },
    note: { type: text, description: 'n' },
  },
});
const good = { deploy: false, metrics: { a: 0.5 }, note: 'fine' };
const rules = { masked: [], oneLine: true };

describe('encodeOutputs', () => {
  it('encodes every declared output', () => {
    expect(Object.fromEntries(encodeOutputs(definition, good, rules))).toEqual({
      deploy: 'false',
      metrics: '{"a":0.5}',
      note: 'fine',
    });
  });

  it('a missing, empty or undeclared output is a fault of ours', () => {
    expect(() => encodeOutputs(definition, { ...good, note: '' }, rules)).toThrow(InternalError);
    expect(() => encodeOutputs(definition, { deploy: true, note: 'x' } as never, rules)).toThrow(
      /did not set its output 'metrics'/,
    );
    expect(() => encodeOutputs(definition, { ...good, more: 1 } as never, rules)).toThrow(
      /does not declare: more/,
    );
  });

  it('says why the host would lose a value', () => {
    const masked = () =>
      encodeOutputs(definition, { ...good, note: 'the-secret-7' }, { ...rules, masked: ['secret'] });
    expect(masked).toThrow(UserError);
    expect(masked).toThrow(/masked as a secret/);
    expect(masked).not.toThrow(/the-secret-7/);
    expect(() => encodeOutputs(definition, { ...good, note: 'a\nb' }, rules)).toThrow(/single lines/);
  });
});
