import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/contract';

/** How deep in a folder files are looked for, and how many. */
const DEPTH = 6;
const MOST_FILES = 10_000;
/** Folders of a checkout that hold no results of an evaluation, or those of earlier gates. */
const NO_RESULTS = new Set(['.git', '.sluice', 'node_modules', 'sluice-report']);
const RESULT_FILE = /\.(json|jsonl|ndjson|csv|tsv|eval)(\.gz)?$/i;

/**
 * The files of a folder that may hold results, in the order of their paths; links are followed, each folder is looked at once.
 * @throws UserError when there are too many, or a link leads nowhere
 */
export async function filesIn(folder: string, wanted: RegExp = RESULT_FILE): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = async (at: string, left: number): Promise<void> => {
    // links may lead back to where they are
    const real = await realpath(at);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = await readdir(at, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(at, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry;
      if (kind.isDirectory() && left > 0 && !NO_RESULTS.has(entry.name)) await visit(path, left - 1);
      else if (!wanted.test(path)) continue;
      else if (kind.isFile()) found.push(path);
      else if (kind.isSymbolicLink()) throw new UserError(`${path} is a link that leads nowhere`);
      if (found.length > MOST_FILES)
        throw new UserError(
          `${folder} holds more than ${MOST_FILES} result files: give the folder of one run`,
        );
    }
  };
  await visit(folder, DEPTH);
  return found;
}
