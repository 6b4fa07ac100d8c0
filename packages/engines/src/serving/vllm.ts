import { maxLoraRank } from './lora-rank.ts';
import { checkServedName, type Served } from './served.ts';

export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Without adapter the version names the model itself; with one, the base model keeps this name. */
const baseName = 'base';

/**
 * `vllm serve` for a model, or for a base model with an adapter (`--lora-modules`), under a name that carries the
 * version. With an adapter the version and the adapter's own name answer alike.
 */
export function vllmArgv(served: Served, listening: Listening): string[] {
  const { adapter } = served;
  const version = checkServedName(served.servedName);
  const argv = ['vllm', 'serve', served.model, '--host', listening.host, '--port', String(listening.port)];
  if (!adapter) return [...argv, '--served-model-name', version];
  const names = [...new Set([version, checkServedName(adapter.name)])];
  return [
    ...argv,
    '--served-model-name',
    names.includes(baseName) ? `${baseName}-model` : baseName,
    '--enable-lora',
    '--max-lora-rank',
    String(maxLoraRank(adapter.rank)),
    // each name is a module of its own; with room for one alone they would push each other out
    '--max-loras',
    String(names.length),
    '--lora-modules',
    ...names.map((name) => `${name}=${adapter.path}`),
  ];
}
