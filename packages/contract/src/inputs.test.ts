import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choice,
  defineAction,
  duration,
  flag,
  number,
  parseInputs,
  runId,
  text,
  UserError,
} from './index.ts';

const definition = defineAction({
  name: 'sample',
  title: 'sample',
  description: 'A sample.',
  inputs: {
    timeout: { type: duration, description: 'Time limit.', default: '30s' },
    deploy: { type: flag, description: 'The decision.' },
    'run-id': { type: runId, description: 'The run.' },
    mode: { type: choice('Mode', ['fast', 'slow']), description: 'How.', default: 'fast' },
    key: { type: text, description: 'A key.', secret: true },
    share: { type: number({ min: 0, max: 1 }), description: 'A share.', renamedFrom: ['ratio'] },
    name: { type: text, description: 'A name.', required: true },
  },
  outputs: {},
});
const parse = (given: Record<string, string>) => parseInputs(definition, new Map(Object.entries(given)));
const failure = (given: Record<string, string>): string => {
  try {
    parse(given);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('accepted');
};

describe('parseInputs', () => {
  it('gives typed values and defaults', () => {
    expect(parse({ name: 'n', timeout: '', deploy: 'none', share: '0.5' })).toEqual({
      timeout: 30_000,
      deploy: undefined,
      'run-id': undefined,
      mode: 'fast',
      key: undefined,
      share: 0.5,
      name: 'n',
    });
  });

  it('names every bad input at once, with what is allowed', () => {
    const message = failure({ timeout: '30', mode: 'fsat', deploy: 'yes' });
    expect(message).toContain("'timeout': '30' has no unit: 30 what?");
    expect(message).toContain("did you mean 'fast'?");
    expect(message).toContain("'name' is required");
    expect(message).toContain("'true' or 'false'");
    expect(message).toMatch(/^4 inputs are wrong/);
  });

  it('an empty wired value is an error that names its likely cause', () => {
    expect(failure({ name: 'n', deploy: '' })).toMatch(/is empty.*skipped.*masked.*matrix/);
    expect(failure({ name: 'n', 'run-id': '' })).toMatch(/is empty/);
  });

  it('a misspelt name gets the nearest valid one, a renamed one its new name', () => {
    expect(failure({ name: 'n', 'run-di': 'x' })).toContain("did you mean 'run-id'?");
    expect(failure({ name: 'n', run_id: 'x' })).toContain("did you mean 'run-id'?");
    expect(failure({ name: 'n', ratio: '0.5' })).toContain("'ratio' is now called 'share'");
  });

  it('never shows a secret', () => {
    const secretive = defineAction({
      name: 'secretive',
      title: 's',
      description: 's',
      inputs: { key: { type: number(), description: 'A number kept secret.', secret: true } },
      outputs: {},
    });
    expect(() => parseInputs(secretive, new Map([['key', 'hunter2']]))).toThrow(/a secret value/);
    expect(() => parseInputs(secretive, new Map([['key', 'hunter2']]))).not.toThrow(/hunter2/);
  });

  it('any text whatever is either a value or a UserError', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(definition.inputs), 'x'), fc.string({ unit: 'binary' })),
        (given) => {
          try {
            parse(given);
          } catch (error) {
            return error instanceof UserError;
          }
          return true;
        },
      ),
    );
  });
});
