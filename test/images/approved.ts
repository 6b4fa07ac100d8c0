import type { KeyObject } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Decision, Digest, ImageRef, ModelDigest, RecordRef } from '@sluice/contract';
import {
  appendStatement,
  digestOf,
  gateStatement,
  type Identity,
  imageStatement,
  type Maker,
  modelDigest,
  quantizationStatement,
  trainingStatement,
} from '@sluice/record';
import { openStore, type Store } from '@sluice/store';

/** A run whose record says what a gate decided about its model, as the steps before write it. */
export interface Judged {
  readonly runId: string;
  readonly identity: Identity;
  readonly store: Store;
  /** Folder of the model or adapter. */
  readonly folder: string;
  readonly digest: ModelDigest;
  /** Ends with the gate's statement. */
  readonly record: RecordRef;
  /** A later decision of the gate. */
  judge(decision: Decision, prior?: RecordRef): Promise<RecordRef>;
  /** An image that carries the identity. */
  image(image: ImageRef, version: string): Promise<RecordRef>;
}

const makerAt =
  (commit: string) =>
  (action: string): Maker => ({
    action,
    version: '1.0.0',
    invocation: 'test/1',
    repository: undefined,
    commit,
    ref: undefined,
  });
const sha = (text: string): Digest => digestOf(Buffer.from(text));

/** Lays down a model (or an adapter) and the record of a run that made it and was judged. */
export async function judgedModel(options: {
  readonly workspace: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly runId?: string;
  readonly version?: string;
  readonly decision?: Decision;
  readonly kind?: 'model' | 'adapter';
  /** What it was made from. */
  readonly commit?: string;
  /** Where the gate knows the results alone, and no model. */
  readonly resultsOnly?: boolean;
  /** Signs every statement. */
  readonly key?: KeyObject | undefined;
}): Promise<Judged> {
  const { workspace, env = {}, runId = 'run-0000-0001', version = 'qwen-v1.1.0', kind = 'model' } = options;
  const { key } = options;
  const maker = makerAt(options.commit ?? 'c0ffee'.repeat(6).padEnd(40, '0'));
  const store = await openStore({ workspace, env });
  const folder = join(workspace, kind, runId);
  await layDown(folder, files(kind, runId));
  const digest = (await modelDigest(folder)) as ModelDigest;
  const base = sha('base') as ModelDigest;
  const identity: Identity = kind === 'model' ? { model: digest } : { baseModel: base, adapter: digest };
  const times = { startedAt: new Date(Date.now() - 60_000), finishedAt: new Date(Date.now() - 50_000) };
  const made =
    kind === 'model'
      ? quantizationStatement({
          ...times,
          runId,
          maker: maker('quantize'),
          model: digest,
          modelRef: folder,
          from: { model: base },
          engine: 'llm-compressor',
          scheme: 'w8a8',
        })
      : trainingStatement({
          ...times,
          runId,
          maker: maker('lora-train'),
          adapter: digest,
          adapterRef: folder,
          baseModel: base,
          dataVersion: sha('data'),
          hyperparametersDigest: sha('rank'),
          environmentDigest: sha('environment'),
          engine: 'peft',
        });
  const { ref: prior } = await appendStatement(store, runId, made, { key });
  const judge = async (decision: Decision, before: RecordRef = prior) => {
    const statement = gateStatement({
      runId,
      maker: maker('eval-gate'),
      finishedAt: new Date(),
      ...(options.resultsOnly ? {} : { identity }),
      decision,
      gates: [{ name: 'accuracy', decision }],
      gatesDigest: sha('gates'),
      candidateResults: sha(`results of ${runId}`),
      claimed: false,
      version,
      registryVersion: '1',
    });
    return (await appendStatement(store, runId, statement, { prior: before, key })).ref;
  };
  const record = await judge(options.decision ?? 'approve');
  const image = async (ref: ImageRef, name: string) => {
    const times = { startedAt: new Date(), finishedAt: new Date() };
    const statement = imageStatement({
      ...times,
      runId,
      maker: maker('build-vllm-image'),
      image: ref,
      identity,
      version: name,
      serveEngine: 'vllm',
    });
    return (await appendStatement(store, runId, statement, { prior: record, key })).ref;
  };
  return { runId, identity, store, folder, digest, record, judge, image };
}

function files(kind: 'model' | 'adapter', runId: string): Record<string, string> {
  const weights = { 'training_args.bin': 'a pickle that is no part of it', 'optimizer.pt': 'state' };
  return kind === 'model'
    ? {
        ...weights,
        'config.json': `{"run":"${runId}"}`,
        'model.safetensors': 'w'.repeat(3000),
        'vocab/merges.txt': 'a b',
      }
    : {
        ...weights,
        'adapter_config.json': '{"r":12,"rank_pattern":{"q_proj":24}}',
        'adapter_model.safetensors': 'w'.repeat(900),
      };
}

async function layDown(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
