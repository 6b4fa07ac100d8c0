import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { UserError } from '@sluice/contract';
import { toScore } from '../../text/tolerant-json.ts';

/** Whether a folder is a run of MLflow's file store: `meta.yaml` and `metrics/`. */
export async function isRunFolder(folder: string): Promise<boolean> {
  const meta = await readFile(join(folder, 'meta.yaml'), 'utf8').catch(() => '');
  return /^run_(id|uuid):/m.test(meta) && (await stat(join(folder, 'metrics')).catch(() => null)) !== null;
}

/**
 * The metrics of a run folder: a file each, lines of `<ms> <value> <step>`, folders for the slashes in a name. The last step counts, of
 * one step the latest.
 */
export async function folderMetrics(folder: string): Promise<Record<string, number>> {
  const root = join(folder, 'metrics');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const found: Record<string, number> = {};
  for (const file of files.sort()) {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
    const points = lines.map((line) => pointOf(line, file));
    const last = points.sort((a, b) => a.step - b.step || a.at - b.at).at(-1);
    if (last) found[relative(root, file).split(sep).join('/')] = last.value;
  }
  return found;
}

function pointOf(line: string, file: string): { at: number; value: number; step: number } {
  const [at, text, step = '0'] = line.trim().split(/\s+/);
  const value = toScore(text);
  if (value === null || !/^\d+$/.test(at ?? '') || !/^-?\d+$/.test(step))
    throw new UserError(`${file}: '${line}' is no metric of MLflow (<milliseconds> <value> <step>)`);
  return { at: Number(at), value, step: Number(step) };
}

/** The tables of items that a run logged, `<prefix>eval_results_table.json`. */
export async function evaluationTables(folder: string): Promise<string[]> {
  const root = join(folder, 'artifacts');
  const names = await readdir(root, { recursive: true }).catch(() => []);
  return names
    .filter((name) => name.endsWith(EVALUATION_TABLE))
    .map((name) => join(root, name))
    .sort();
}

/** What `mlflow.evaluate` calls the table of its items, after a prefix. */
export const EVALUATION_TABLE = 'eval_results_table.json';
