import { UserError } from '@sluice/contract';
import type { Evaluated, Variant } from '@sluice/evaluation';
import { models } from '@sluice/inference';
import type { Identity } from '@sluice/record';
import type { Context } from '../context.ts';
import { modelFolder } from '../model-folder.ts';
import { serve } from '../serve.ts';

/** What is evaluated, for as long as it is up. */
export interface Target {
  readonly evaluated: Evaluated;
  /** Nothing proves that the model that answered is the one that is judged: a server said its name, no more. */
  readonly claimed: boolean;
  /** The model whose bytes were checked; undefined where none is known. */
  readonly identity: Identity | undefined;
  /** A server stands between the evaluator and the model, and its version is not known. */
  readonly served: boolean;
}

/** Brings up what is evaluated (the model's folder or a server) for as long as `work` takes. */
export async function withTarget<T>(
  context: Context,
  variant: Variant,
  env: Readonly<Record<string, string>>,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const mine = contextOf(context, variant);
  const { identity, inputs } = mine;
  const at = (endpoint: string): Promise<Evaluated> => servedAt(mine, endpoint, variant['served-name']);
  if (variant.endpoint !== undefined)
    return work({ evaluated: await at(variant.endpoint), claimed: true, identity: undefined, served: true });
  if (inputs.start !== undefined) {
    await using server = await serve(mine, env);
    const { claimed } = server;
    return await work({
      evaluated: await at(server.url),
      claimed,
      identity: claimed ? undefined : identity,
      served: true,
    });
  }
  const own = variant.model !== undefined || variant.adapter !== undefined;
  if (inputs.endpoint !== undefined && !own)
    return work({ evaluated: await at(inputs.endpoint), claimed: true, identity: undefined, served: true });
  return work({ evaluated: await modelFolder(mine), claimed: false, identity, served: false });
}

/** The step as it would be for a variant with a model of its own. */
function contextOf(context: Context, variant: Variant): Context {
  const { model, adapter } = variant;
  if (model === undefined && adapter === undefined) return context;
  if (adapter === undefined) {
    const digest = needed(variant, 'model-digest');
    return { ...context, identity: { model: digest } as Identity, places: { model: model as string } };
  }
  const recorded =
    context.identity && 'baseModel' in context.identity ? context.identity.baseModel : undefined;
  const baseModel = variant['base-model-digest'] ?? recorded ?? needed(variant, 'base-model-digest');
  const base = variant['base-model'] ?? context.inputs['base-model'] ?? context.places.baseModel;
  return {
    ...context,
    identity: { baseModel, adapter: needed(variant, 'adapter-digest') } as Identity,
    places: { adapter, ...(base === undefined ? {} : { baseModel: base }) },
    inputs: { ...context.inputs, 'base-model': undefined },
  };
}

function needed(variant: Variant, name: 'model-digest' | 'adapter-digest' | 'base-model-digest'): string {
  const found = variant[name];
  if (found !== undefined) return found;
  throw new UserError(
    `a variant with a model of its own needs ${name}: models are never taken without a digest`,
  );
}

async function servedAt(context: Context, endpoint: string, own: string | undefined): Promise<Evaluated> {
  const named = own ?? context.inputs['served-name'];
  if (named !== undefined) return { endpoint, name: named };
  const names = await models({ endpoint, apiKey: keyOf(context), signal: context.host.signal });
  if (names.length === 1) return { endpoint, name: names[0] as string };
  throw new UserError(
    `${endpoint} serves ${names.length} models (${names.join(', ')}); name one with served-name`,
  );
}

/** The key of the endpoint. */
export function keyOf({ inputs, host }: Context): string | undefined {
  return inputs['api-key'] ?? (inputs['api-key-env'] ? host.env[inputs['api-key-env']] : undefined);
}
