import type { Evaluated, EvaluatorCall, EvaluatorConfig } from './config.ts';

/**
 * lm-eval 0.4.13: `python -m lm_eval run …`. `--log_samples` always: without items nothing can be compared.
 *
 * @param output folder that the results go into
 * @param items  the items of each task that are evaluated, by their places in the data set; all when absent
 */
export function lmEvalCall(
  config: EvaluatorConfig,
  evaluated: Evaluated,
  output: string,
  items?: Readonly<Record<string, readonly number[]>>,
): EvaluatorCall {
  const tasks = config.tasks ?? [];
  const folder = 'model' in evaluated;
  const flags: (readonly [string, string | number | undefined])[] = [
    ['--model', folder ? 'hf' : config.api === 'chat' ? 'local-chat-completions' : 'local-completions'],
    ['--model_args', keyValues(folder ? folderArgs(evaluated, config) : endpointArgs(evaluated, config))],
    ['--tasks', tasks.join(',')],
    ['--include_path', config['include-path']],
    ['--num_fewshot', config['few-shot']],
    ['--limit', items ? undefined : config.limit],
    ['--samples', items && JSON.stringify(items)],
    ['--batch_size', config['batch-size']],
    ['--seed', config.seed],
    ['--gen_kwargs', config['generation-args'] && keyValues(config['generation-args'])],
    ['--output_path', output],
  ];
  const template = config['chat-template'] ?? (!folder && config.api === 'chat');
  return {
    argv: [
      '-m',
      'lm_eval',
      'run',
      ...flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)])),
      '--log_samples',
      ...(template ? ['--apply_chat_template'] : []),
    ],
    env: { TQDM_DISABLE: '1', TOKENIZERS_PARALLELISM: 'false', ...(folder ? OFFLINE : {}) },
  };
}

/** A folder is all there is: the libraries must not ask a hub about it. */
const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' };

function folderArgs(
  evaluated: { readonly model: string; readonly adapter?: string },
  config: EvaluatorConfig,
) {
  return {
    pretrained: evaluated.model,
    ...(evaluated.adapter === undefined ? {} : { peft: evaluated.adapter }),
    ...config['model-args'],
  };
}

function endpointArgs(
  evaluated: { readonly endpoint: string; readonly name: string; readonly tokenizer?: string },
  config: EvaluatorConfig,
) {
  const path = config.api === 'chat' ? 'chat/completions' : 'completions';
  return {
    model: evaluated.name,
    // lm-eval posts to this very address
    base_url: `${evaluated.endpoint.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/${path}`,
    num_concurrent: config.concurrency,
    max_retries: 3,
    ...(evaluated.tokenizer === undefined ? {} : { tokenizer: evaluated.tokenizer }),
    ...config['model-args'],
  };
}

function keyValues(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${typeof value === 'boolean' ? (value ? 'True' : 'False') : value}`)
    .join(',');
}
