import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Inputs, UserError } from '@sluice/contract';
import { definition } from './definition.ts';
import type { TestPlan } from './tools/pytest.ts';

type In = Inputs<(typeof definition)['inputs']>;

export interface TestPlans {
  readonly plans: readonly TestPlan[];
  /** What is not tested though a project might expect it, one sentence each. */
  readonly notices: readonly string[];
}

/**
 * Which tests are run. A folder that was asked for and is not there is an error; where only the default folder is
 * missing, the project has no unit tests, and that is said.
 */
export async function testPlans(inputs: In, workspace: string): Promise<TestPlans> {
  const plans: TestPlan[] = [];
  const notices: string[] = [];
  for (const suite of ['unit', 'integration'] as const) {
    const name = `${suite}-tests` as const;
    const path = inputs[name];
    if (path === undefined || path === 'none') continue;
    if (await isThere(path, workspace)) {
      plans.push({ suite, path, timeoutMs: inputs['test-timeout'] });
      continue;
    }
    const { inputs: specs } = definition;
    if (suite === 'integration' || path !== specs['unit-tests'].default)
      throw new UserError(
        `${name}: there is no '${path}'; give a folder or a file of the checkout, or \`none\``,
      );
    notices.push(
      `No unit test was run: there is no '${path}'. Give \`unit-tests\` where they lie elsewhere, or \`none\`.`,
    );
  }
  return { plans, notices };
}

/** @throws UserError naming all that is missing at once. */
export async function assertPaths(paths: readonly string[], workspace: string): Promise<void> {
  const missing: string[] = [];
  for (const path of paths) if (!(await isThere(path, workspace))) missing.push(`'${path}'`);
  if (missing.length > 0)
    throw new UserError(
      `paths: there is no ${missing.join(', ')}; name the folders and files that ruff and mypy are to check`,
    );
}

const isThere = (path: string, workspace: string) =>
  stat(resolve(workspace, path)).then(
    () => true,
    () => false,
  );
