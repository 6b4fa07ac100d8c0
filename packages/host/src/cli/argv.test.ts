import { defineAction, dryRun, failOnReject, text } from '@sluice/contract';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argvInputs } from './argv.ts';

const definition = defineAction({
  name: 'fixture',
  title: 'Fixture',
  description: 'For this test.',
  inputs: { ...dryRun, ...failOnReject, candidate: { type: text, description: 'x' } },
  outputs: {},
});
const given = (...argv: string[]) => Object.fromEntries(argvInputs(definition, argv));

describe('argvInputs', () => {
  it('takes --name value and --name=value', () => {
    expect(given('--candidate', 'a.json', '--fail-on-reject=false')).toEqual({
      candidate: 'a.json',
      'fail-on-reject': 'false',
    });
  });

  it('takes a flag alone for true, wherever it stands', () => {
    expect(given('--dry-run', '--candidate', 'a')).toEqual({ 'dry-run': 'true', candidate: 'a' });
    expect(given('--dry-run')).toEqual({ 'dry-run': 'true' });
    expect(given('--dry-run', 'false')).toEqual({ 'dry-run': 'false' });
  });

  it('keeps any value that is written with =', () => {
    fc.assert(fc.property(fc.string(), (value) => given(`--candidate=${value}`).candidate === value));
  });

  it('leaves its own options out', () => {
    expect(given('--json', '--candidate', 'a', '-h')).toEqual({ candidate: 'a' });
  });

  it('hands on unknown names and empty values: the definition judges them', () => {
    expect(given('--canddate', 'a', '--candidate', '')).toEqual({ canddate: 'a', candidate: '' });
  });

  it.each([
    [['a.json'], /'a.json' stands where an input was expected/],
    [['--candidate'], /--candidate needs a value/],
    [['--candidate', '--json'], /--candidate=--json/],
    [['--candidate', 'a', '--candidate', 'b'], /given twice/],
  ])('says what is wrong with %o', (argv, message) => {
    expect(() => given(...argv)).toThrow(message);
  });
});
