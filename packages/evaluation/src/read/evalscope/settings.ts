import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { canonicalJson, digestOf } from '../../results/digest.ts';
import type { Settings } from '../../results/results.ts';
import { isObject, toScore, valueAt } from '../../text/tolerant-json.ts';

const PROMPT_KEYS = [
  'few_shot_num',
  'few_shot_prompt_template',
  'few_shot_random',
  'prompt_template',
  'query_template',
  'system_prompt',
];
const SCORER_KEYS = ['aggregation', 'metric_list', 'filters'];

/** How each benchmark was asked and scored, and the program's version, from `configs/task_config*.yaml`. */
export async function readSettings(
  path: string,
): Promise<{ version: string | null; of(benchmark: string): Settings }> {
  const config: unknown = parse(await readFile(path, 'utf8'), { maxAliasCount: 50 });
  const version = valueAt(config, 'evalscope_version');
  return {
    version: typeof version === 'string' ? version : null,
    of: (benchmark) => {
      const settings =
        isObject(config) && isObject(config.resolved_benchmarks)
          ? config.resolved_benchmarks[benchmark]
          : undefined;
      if (!isObject(settings)) return {};
      const pick = (keys: readonly string[]): unknown => keys.map((key) => settings[key] ?? null);
      const fewShot = toScore(settings.few_shot_num);
      return {
        scorer: digestOf(canonicalJson([version, pick(SCORER_KEYS)])),
        prompts: digestOf(canonicalJson(pick(PROMPT_KEYS))),
        ...(fewShot === null ? {} : { fewShot }),
      };
    },
  };
}
