import { quote, readDocument, UserError } from '@sluice/contract';
import * as z from 'zod/mini';

/** A file or folder that DVC keeps, by its digest. */
export interface Tracked {
  /** Relative to the folder of the `.dvc` file or `dvc.lock` that names it. */
  readonly path: string;
  readonly md5: string;
  /** Of a folder, the digest is over the list of its files. */
  readonly folder: boolean;
  /** Before DVC 3 a text's digest was made with Unix line ends. */
  readonly unixLines: boolean;
}

/** A `.dvc` file or `dvc.lock` with what it names. */
export interface Pointer {
  /** Relative to DVC's folder. */
  readonly name: string;
  readonly text: string;
  readonly outs: readonly Tracked[];
}

const out = z.looseObject({
  path: z.string(),
  md5: z.optional(z.string()),
  hash: z.optional(z.string()),
  cache: z.optional(z.boolean()),
});
const single = z.looseObject({ outs: z.optional(z.array(out)), wdir: z.optional(z.string()) });
const lock = z.looseObject({
  stages: z.optional(z.record(z.string(), z.looseObject({ outs: z.optional(z.array(out)) }))),
});

/**
 * What a `.dvc` file or a `dvc.lock` says is kept.
 * @throws UserError where a digest is missing or is none
 */
export function tracked(text: string, name: string): Tracked[] {
  const isLock = name.endsWith('dvc.lock');
  const outs = isLock
    ? Object.values(readDocument(text, name, lock).stages ?? {}).flatMap((stage) => stage.outs ?? [])
    : (readDocument(text, name, single).outs ?? []);
  return outs
    .filter(({ cache, md5 }) => cache !== false && md5 !== undefined)
    .map(({ path, md5 = '', hash }) => {
      const [, hex, folder] = /^([0-9a-f]{32})(\.dir)?$/.exec(md5) ?? [];
      if (!hex) throw new UserError(`${name}: ${quote(md5)} of ${path} is no MD5`);
      if (path.startsWith('/') || path.split('/').includes('..'))
        throw new UserError(`${name}: ${quote(path)} lies outside its folder and is not restored`);
      return { path, md5: hex, folder: folder !== undefined, unixLines: hash !== 'md5' };
    });
}
