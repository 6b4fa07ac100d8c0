import { UserError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { parseOnlineEvaluation } from './document.ts';
import { documentDigest } from './round/ledger.ts';

describe('the document', () => {
  it('has every default filled in, and a digest that does not depend on how it was written', () => {
    const a = parseOnlineEvaluation('scorers: [{name: format, checks: {json: true}}]');
    expect(a).toEqual({
      every: '1h',
      sample: 50,
      'min-sample': 5,
      replay: false,
      scorers: [{ name: 'format', checks: { 'not-empty': true, json: true } }],
      'max-missing': 20,
      keep: 'nothing',
    });
    const b = parseOnlineEvaluation(
      '{"sample": 50, "scorers": [{"checks": {"json": true, "not-empty": true}, "name": "format"}]}',
    );
    expect(documentDigest(a)).toBe(documentDigest(b));
    expect(documentDigest({ ...a, sample: 51 })).not.toBe(documentDigest(a));
  });

  it.each([
    ['scorers: []', /at least one scorer/],
    ['every: 5\nscorers: [{name: a, checks: {}}]', /'every' must be a duration/],
    ['every: 10ms\nscorers: [{name: a, checks: {}}]', /shortest period is 1s/],
    ['scorers: [{name: a, chekcs: {}}]', /one of 'checks', 'references', 'command', 'evalscope', 'judge'/],
    ['scorers: [{name: a, checks: {}}, {name: a, checks: {}}]', /two scorers are named 'a'/],
    ['scorers: [{name: a, command: [x], scale: [5, 5]}]', /the scale of 'a' is 5 to 5/],
    ['scorers: [{name: a, checks: {}}]\nsampel: 3', /did you mean 'sample'/],
    ['scorers: [{name: "a b", checks: {}}]', /scorers/],
  ])('%s is refused', (text, message) => {
    expect(() => parseOnlineEvaluation(text, 'online.yaml')).toThrow(UserError);
    expect(() => parseOnlineEvaluation(text, 'online.yaml')).toThrow(message);
  });
});
