import { createHash } from 'node:crypto';
import { type Digest, type ModelDigest, UserError } from '@sluice/contract';
import { fileDigest, hexOf } from './file-digest.ts';
import { type ModelFile, modelFiles } from './model-files.ts';

const AT_ONCE = 4;

export interface ModelManifest {
  readonly digest: ModelDigest;
  /** Bytes of all files. */
  readonly size: number;
  readonly files: readonly (ModelFile & { readonly digest: Digest })[];
}

/**
 * A model's identity: the root of OpenSSF model signing v1.0 (method `files`), which is the SHA-256 over the raw
 * SHA-256 digests of the files in order of their `/`-relative names' UTF-8 bytes. (Verifiers of that format take the
 * order of the predicate; the Python signer sorts by path components, which differs where `a-b` lies beside `a/`.)
 *
 * Not counted, and not published either: `.git*`, `.cache`, `__pycache__`, `checkpoint-<n>` and `global_step<n>`
 * folders; `model.sig`; a trainer's state (`optimizer*`, `scheduler*`, `scaler*`, `rng_state*`, `training_args.bin`,
 * `trainer_state.json`); pickles (`.pkl .pickle .pt .pth .ckpt .joblib .dill`, and `.bin` files that are one).
 *
 * @throws {UserError} for links, for an empty folder, and where all weights are pickles
 */
export async function modelDigest(path: string, signal?: AbortSignal): Promise<ModelDigest> {
  return (await modelManifest(path, signal)).digest;
}

/** The files of a model with their digests and the root over them. See {@link modelDigest}. */
export async function modelManifest(path: string, signal?: AbortSignal): Promise<ModelManifest> {
  const { counted, pickles } = await modelFiles(path);
  if (pickles.length > 0 && !counted.some((f) => WEIGHTS.test(f.name))) throw pickled(path, pickles);
  if (counted.length === 0) throw new UserError(`${path} holds no files of a model.`);
  const digests = await inParallel(counted, (file) => fileDigest(file.path, signal));
  return {
    digest: rootOf(digests),
    size: counted.reduce((sum, file) => sum + file.size, 0),
    files: counted.map((file, i) => ({ ...file, digest: digests[i] as Digest })),
  };
}

/**
 * Refuses a model that holds a pickle (a trainer's own state aside): loading one runs whatever code is in it.
 *
 * @throws {UserError} naming the files
 */
export async function assertNoPickles(path: string): Promise<void> {
  const { pickles } = await modelFiles(path);
  if (pickles.length > 0) throw pickled(path, pickles);
}

/** Weight files that are not pickles. */
const WEIGHTS = /\.(safetensors|gguf|onnx|onnx_data|engine|plan|xml|bin|npz|h5|tflite|mlmodel)$/i;

function rootOf(digests: readonly Digest[]): ModelDigest {
  const root = createHash('sha256');
  for (const digest of digests) root.update(hexOf(digest), 'hex');
  return `sha256:${root.digest('hex')}` as ModelDigest;
}

function pickled(path: string, names: readonly string[]): UserError {
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  return new UserError(
    `${path} holds pickle files: ${shown}. A pickle runs code when it is loaded. Only safetensors weights are taken: save with save_pretrained(safe_serialization=True) and remove the pickles.`,
  );
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
