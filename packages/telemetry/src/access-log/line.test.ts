import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, parseLine } from './line.ts';

const line =
  '{"time":1795265907761,"frontend":"users","backend":"canary","server":"c1","status":200,"state":"--","first":12,"total":340,"bytes":217,"bucket":1498,"cell":892068}';

describe('a line of the access log', () => {
  it('is a request', () => {
    expect(parseLine(line)).toEqual({
      time: 1795265907761,
      frontend: 'users',
      backend: 'canary',
      outcome: 'answered',
      first: 12,
      total: 340,
      bucket: 1498,
      cell: 892068,
    });
  });

  it('may follow what a syslog daemon wrote', () => {
    expect(parseLine(`Nov 21 13:00:01 gw haproxy[812]: ${line}`)).toEqual(parseLine(line));
  });

  it('says nothing of what never came', () => {
    const refused = line.replace('"first":12', '"first":-1').replace('"bucket":1498', '"bucket":-1');
    expect(parseLine(refused)).toMatchObject({ first: undefined, bucket: undefined, total: 340 });
  });

  it("has NGINX's seconds", () => {
    const nginx =
      '{"time":1795265907761,"backend":"stable","status":200,"first_s":"0.100, 0.007","total_s":0.012}';
    expect(parseLine(nginx)).toMatchObject({ first: 7, total: 12, outcome: 'answered' });
    expect(parseLine(nginx.replace('0.100, 0.007', '-'))).toMatchObject({ first: undefined });
  });

  it.each([
    ['Proxy users started.', 'foreign'],
    ['', 'foreign'],
    ['{"level":"info","message":"x"}', 'foreign'],
    [line.slice(40), 'garbled'],
    [line.replace('1795265907761', '1795265907'), 'garbled'],
    [line.replace('"status":200', '"status":null'), 'garbled'],
    [line.replace('"canary"', '7'), 'garbled'],
  ])('%j is %s', (text, kind) => expect(parseLine(text)).toBe(kind));

  it('that is cut anywhere is no request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: line.length - 1 }), (at) => {
        expect(['garbled', 'foreign']).toContain(parseLine(line.slice(0, at)));
      }),
    );
  });

  it('of any text or any JSON never throws, and is a request only with a time and a backend', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const entry = parseLine(text);
        if (typeof entry !== 'string') expect(entry.time).toBeGreaterThan(1e12);
      }),
    );
  });
});

describe('who is to blame', () => {
  it.each([
    [200, '--', 'answered'],
    [404, '--', 'answered'],
    [429, '--', 'answered'],
    [500, '--', 'error'],
    [503, 'SC', 'error'],
    [504, 'sH', 'error'],
    [200, 'SD', 'error'],
    [200, 'sD', 'error'],
    [502, 'PH', 'error'],
    [-1, 'SH', 'error'],
    [0, '--', 'error'],
    [200, 'CD', 'aborted'],
    [-1, 'CH', 'aborted'],
    [503, 'CC', 'aborted'],
    [408, 'cR', 'aborted'],
    [499, '--', 'aborted'],
    [403, 'PR', 'answered'],
    [200, 'LR', 'answered'],
  ] as const)('%i %s: %s', (status, state, outcome) => expect(outcomeOf(status, state)).toBe(outcome));
});
