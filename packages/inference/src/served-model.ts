import { SystemError } from '@sluice/contract';
import { type Client, type ClientOptions, connect, type ServedModel } from './client.ts';
import type { Failed } from './exchange.ts';

/** The one model to ask where none is named: the only one served, or the only adapter beside its base. Else the reason why not. */
export function onlyModel(
  models: readonly ServedModel[],
): { readonly id: string } | { readonly problem: string } {
  if (models.length === 0) return { problem: 'the server lists no model' };
  if (models.length === 1) return { id: (models[0] as ServedModel).id };
  const adapters = models.filter((m) => m.parent !== undefined);
  if (adapters.length === 1) return { id: (adapters[0] as ServedModel).id };
  return { problem: `the server lists several models (${models.map((m) => m.id).join(', ')})` };
}

/** Asks the server for {@link onlyModel}. */
export async function servedModel(
  client: Client,
): Promise<{ readonly id: string } | { readonly problem: string; readonly failed?: Failed }> {
  const answer = await client.models();
  if (answer.ok) return onlyModel(answer.models);
  return { problem: `${client.base}/models gave no list (${answer.message})`, failed: answer };
}

/** The names that the server behind an address says it serves. @throws SystemError where it does not say. */
export async function models(options: ClientOptions): Promise<string[]> {
  const client = connect(options);
  const answer = await client.models();
  if (answer.ok) return answer.models.map((m) => m.id);
  throw new SystemError(`${client.base}/models gave no list of models: ${answer.message}`);
}
