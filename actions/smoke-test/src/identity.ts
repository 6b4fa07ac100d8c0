import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Host } from '@sluice/host';
import {
  describeIdentity,
  type Identity,
  identityNamed,
  modelDigest,
  namedBy,
  openRecord,
} from '@sluice/record';
import type { Store } from '@sluice/store';
import type { In } from './plan.ts';

/** What the tested server serves, as far as it is proven. */
export interface Proven {
  readonly identity: Identity | undefined;
  /** In one sentence, how it is known, or why it is not. */
  readonly because: string;
  /** The model asked is certainly another one than the record names. */
  readonly mismatch?: true;
}

/**
 * Whether the model asked is the one that the record names: its name is the recorded version, which our images serve
 * under, or it is a folder with the recorded digest. Anything else is a claim, and no statement is made of it.
 */
export async function provenIdentity(
  inputs: In,
  model: string | undefined,
  store: Store,
  host: Host,
): Promise<Proven> {
  if (inputs.record === undefined)
    return { identity: undefined, because: 'no record was given to compare with' };
  const named = namedBy(await openRecord(inputs.record, store));
  const identity = identityNamed(named);
  if (!identity) return { identity: undefined, because: 'the record names no model' };
  const what = describeIdentity(identity);
  const version = named.image?.version ?? named.version;
  if (model !== undefined && model === version)
    return { identity, because: `it serves ${what} under its version ${version}` };
  const folder = model === undefined ? undefined : resolve(host.workspace, model);
  if (folder && 'model' in identity && (await stat(folder).catch(() => undefined))?.isDirectory()) {
    const found = await modelDigest(folder, host.signal);
    if (found === identity.model) return { identity, because: `the folder ${model} is ${what}` };
    return {
      identity: undefined,
      because: `the folder ${model} is model ${found}, the record names ${what}`,
      mismatch: true,
    };
  }
  return { identity: undefined, because: `nothing shows that '${model}' is ${what}` };
}
