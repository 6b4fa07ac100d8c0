import { type Definition, Invalid } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionNames, definitionOf } from '../../scripts/project.ts';
import { type Given, type HostName, RunnerJob } from './bundle.ts';

const definitions = await Promise.all(actionNames().map(definitionOf));
const cases = definitions.flatMap((definition) =>
  (['github', 'gitlab'] as const).map((host) => [definition.name, host, definition] as const),
);

let job: RunnerJob;
beforeEach(() => {
  job = new RunnerJob();
});
afterEach(() => job.dispose());

/** What every mistake of a user has in common, whichever it is. */
async function refused(host: HostName, definition: Definition, given: Given): Promise<string> {
  const ended = await job.run(host, definition, given);
  expect(ended.exit, ended.log).toBe(2);
  expect(ended.error).toMatch(/^bad input: /);
  expect([...ended.outputs]).toEqual([]);
  expect(ended.log).not.toMatch(/\n\s+at /);
  return ended.error;
}

const inputs = (definition: Definition, which: (spec: Definition['inputs'][string]) => boolean): string[] =>
  Object.entries(definition.inputs)
    .filter(([, spec]) => which(spec))
    .map(([name]) => name);

/** No type but free text takes this. */
const NONSENSE = '\u00a7 what is this?';

const takesNonsense = ({ type }: Definition['inputs'][string]): boolean => {
  try {
    type.parse(NONSENSE);
    return true;
  } catch (error) {
    if (error instanceof Invalid) return false;
    throw error;
  }
};

describe.each(cases)('the bundle of %s on %s', (_, host, definition) => {
  it('says which name an unknown input is nearest to', async () => {
    const [name] = Object.keys(definition.inputs) as [string];
    const misspelt = name.length > 4 ? name.slice(0, -2) + name.slice(-1) : `${name}x`;
    expect(await refused(host, definition, { [misspelt]: 'x' })).toMatch(
      new RegExp(`unknown input '${misspelt}': did you mean '`),
    );
  });

  it('names every value of a wrong type at once, with what is allowed', async () => {
    const wrong = inputs(definition, (spec) => !takesNonsense(spec));
    expect(wrong.length).toBeGreaterThan(1);
    const error = await refused(host, definition, Object.fromEntries(wrong.map((name) => [name, NONSENSE])));
    for (const name of wrong) expect(error).toContain(`input '${name}': `);
    expect(error.match(/; allowed: /g)?.length).toBeGreaterThanOrEqual(wrong.length);
  });

  it('takes an empty wired value for what it is: a value that got lost', async () => {
    const wired = inputs(definition, (spec) => spec.type.wired === true);
    expect(wired).toContain('dry-run');
    const error = await refused(host, definition, Object.fromEntries(wired.map((name) => [name, ''])));
    for (const name of wired) expect(error).toMatch(new RegExp(`input '${name}': '' is empty.*skipped`));
  });

  const required = inputs(definition, (spec) => spec.required === true);
  if (required.length > 0)
    it('names every required input that is missing', async () => {
      const error = await refused(host, definition, {});
      for (const name of required) expect(error).toContain(`input '${name}' is required: `);
    });
});
