import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandFile } from '../testing/runner-rules.ts';
import { commandFile } from './command-file.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
// pieces that mean something to a reader, between any text
const value = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\r\n', '<<', 'EOF', '=', 'sluice_', '')),
  )
  .map((parts) => parts.join(''));

describe('commandFile', () => {
  it('is read back by the runner as it was written, whatever the values hold', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), (values) => {
        const map = new Map(Object.entries(values));
        expect(readCommandFile(commandFile(map, randomUUID))).toEqual(map);
      }),
    );
  });

  it('cannot be made to set another name by a value', () => {
    const evil = 'x\nsluice_1\ndeploy<<sluice_1\ntrue\nsluice_1';
    const text = commandFile(new Map([['reason', evil]]), randomUUID);
    expect(readCommandFile(text)).toEqual(new Map([['reason', evil]]));
  });

  it('refuses a marker that stands in the value, and a name that is none', () => {
    expect(() => commandFile(new Map([['a', 'sluice_1']]), () => '1')).toThrow(/end marker/);
    expect(() => commandFile(new Map([['a=b', 'x']]), randomUUID)).toThrow(/name of an output/);
    expect(() => commandFile(new Map([['a\nb', 'x']]), randomUUID)).toThrow(/name of an output/);
  });
});
