import type { Evaluated, EvaluatorCall, EvaluatorConfig } from './config.ts';

/**
 * EvalScope 1.14: `python -m evalscope.cli.cli eval …`. Its cache is not used: it matches items by position, so a
 * changed local file would be mixed in silently.
 *
 * @param output folder that the results go into
 */
export function evalScopeCall(config: EvaluatorConfig, evaluated: Evaluated, output: string): EvaluatorCall {
  const tasks = config.tasks ?? [];
  const local = config['include-path'];
  const datasets =
    config['dataset-args'] ??
    (local ? Object.fromEntries(tasks.map((task) => [task, { local_path: local }])) : undefined);
  const asked =
    'model' in evaluated
      ? ['--model', evaluated.model]
      : [
          '--model',
          evaluated.name,
          '--eval-type',
          'openai_api',
          '--api-url',
          apiUrl(evaluated.endpoint),
          '--eval-batch-size',
          String(config.concurrency),
        ];
  const generation = { ...config['generation-args'] };
  return {
    argv: [
      '-m',
      'evalscope.cli.cli',
      'eval',
      ...asked,
      '--datasets',
      ...tasks,
      ...(datasets ? ['--dataset-args', JSON.stringify(datasets)] : []),
      ...(config.limit === undefined ? [] : ['--limit', String(config.limit)]),
      ...(config.seed === undefined ? [] : ['--seed', String(config.seed)]),
      ...(Object.keys(generation).length > 0 ? ['--generation-config', JSON.stringify(generation)] : []),
      '--work-dir',
      output,
      '--no-timestamp',
    ],
    env: {},
  };
}

function apiUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`;
}
