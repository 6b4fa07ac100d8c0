import type { Inputs } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { PythonEnvironment } from '@sluice/process';
import type { TestCase } from '@sluice/report';
import type { definition } from './definition.ts';
import { codeEnvironment } from './environment/environment.ts';
import type { Finding } from './finding.ts';
import { mypy } from './tools/mypy.ts';
import { pytest, type TestPlan } from './tools/pytest.ts';
import { ruff } from './tools/ruff.ts';

export type In = Inputs<(typeof definition)['inputs']>;

/** What the tools found. Undefined: the tool was not asked for. */
export interface Found {
  readonly lint: readonly Finding[] | undefined;
  readonly types: readonly Finding[] | undefined;
  readonly tests: readonly TestCase[];
  readonly suites: readonly string[];
  readonly environment: PythonEnvironment | undefined;
}

/** The tools that are needed, by the names of their packages. */
export const toolsOf = (inputs: In, plans: readonly TestPlan[]): string[] => [
  ...(inputs.lint === 'ruff' ? ['ruff'] : []),
  ...(inputs.types === 'mypy' ? ['mypy'] : []),
  ...(plans.length > 0 ? ['pytest', 'pytest-timeout'] : []),
];

/** Runs every tool, whatever an earlier one found: one run shows all there is to mend. */
export async function check(inputs: In, plans: readonly TestPlan[], host: Host): Promise<Found> {
  const suites = plans.map((plan) => plan.suite);
  const tools = toolsOf(inputs, plans);
  if (tools.length === 0)
    return { lint: undefined, types: undefined, tests: [], suites, environment: undefined };
  const { requirements, python, cache, paths } = inputs;
  const environment = await host.log.group('Prepare the Python environment', () =>
    codeEnvironment({ requirements, python, tools, cache }, host),
  );
  const lint = tools.includes('ruff')
    ? await host.log.group(`ruff: ${paths.join(', ')}`, () => ruff(paths, environment, host))
    : undefined;
  const types = tools.includes('mypy')
    ? await host.log.group(`mypy: ${paths.join(', ')}`, () => mypy(paths, environment, { cache }, host))
    : undefined;
  const tests: TestCase[] = [];
  for (const plan of plans)
    tests.push(...(await host.log.group(`pytest: ${plan.path}`, () => pytest(plan, environment, host))));
  return { lint, types, tests, suites, environment };
}
