import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/contract';

export interface ModelFile {
  /** Relative to the model's folder, with `/`; the file's own name where the model is one file. */
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface ModelFiles {
  /** What is published and counted, in order of the names' UTF-8 bytes. */
  readonly counted: readonly ModelFile[];
  /** Pickles that are not a trainer's state: they run code when they are loaded. */
  readonly pickles: readonly string[];
}

/** Folders that are no part of a model: version control, caches, a trainer's checkpoints. */
const IGNORED_FOLDERS =
  /^(\.git|\.github|\.cache|__pycache__|\.ipynb_checkpoints|checkpoint-\d+|global_step\d+)$/;

/** Files that are no part of a model: version control, signatures, and what a trainer needs only to go on. */
const IGNORED_FILES =
  /^(\.gitattributes|\.gitignore|model\.sig|training_args\.bin|trainer_state\.json|(optimizer|scheduler|scaler|rng_state)[^/]*\.(pt|pth|bin))$/;

const PICKLE_ENDING = /\.(pkl|pickle|pt|pth|ckpt|joblib|dill)$/i;
const PICKLE_NAME = /^(pytorch_model|adapter_model|consolidated|diffusion_pytorch_model)[^/]*\.bin$/i;

/**
 * The files of a model's folder (or a model that is one file).
 *
 * @throws {UserError} when it does not exist, or holds a link, a device or a name that is not UTF-8
 */
export async function modelFiles(path: string): Promise<ModelFiles> {
  const top = await lstat(path).catch(() => undefined);
  if (!top) throw new UserError(`There is no model at ${path}. Give the path of a model's folder.`);
  if (top.isSymbolicLink()) throw refusedLink(path);
  const files = { counted: [] as ModelFile[], pickles: [] as string[] };
  if (top.isDirectory()) await walk(path, '', files);
  else await add(path, path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1), files);
  files.counted.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return files;
}

async function walk(folder: string, prefix: string, files: { counted: ModelFile[]; pickles: string[] }) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = prefix + entry.name;
    const path = join(folder, entry.name);
    if (entry.name.includes('\uFFFD'))
      throw new UserError(`The name of ${path} is not UTF-8; rename the file.`);
    if (entry.isDirectory()) {
      if (!IGNORED_FOLDERS.test(entry.name)) await walk(path, `${name}/`, files);
    } else if (!IGNORED_FILES.test(entry.name)) {
      await add(path, name, files);
    }
  }
}

async function add(path: string, name: string, files: { counted: ModelFile[]; pickles: string[] }) {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) throw refusedLink(path);
  if (!stats.isFile())
    throw new UserError(`${path} is neither a file nor a folder and cannot be part of a model.`);
  if (await isPickle(path, name)) files.pickles.push(name);
  else files.counted.push({ name, path, size: stats.size });
}

const refusedLink = (path: string) =>
  new UserError(
    `${path} is a link. What a link points to can change after the model was judged: copy the files themselves (cp -rL).`,
  );

async function isPickle(path: string, name: string): Promise<boolean> {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (PICKLE_ENDING.test(base) || PICKLE_NAME.test(base)) return true;
  if (!/\.bin$/i.test(base)) return false;
  // `.bin` is also what OpenVINO and others call plain weights: torch's are a zip, or begin with a pickle's PROTO opcode
  const head = Buffer.alloc(4);
  const file = await open(path);
  try {
    await file.read(head, 0, 4, 0);
  } finally {
    await file.close();
  }
  const version = head[1] ?? 0;
  return head.toString('latin1') === 'PK\x03\x04' || (head[0] === 0x80 && version >= 2 && version <= 5);
}
