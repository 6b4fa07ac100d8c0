import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '@sluice/contract';
import { isNormalForm, readNormalForm } from '../results/normal-form.ts';
import type { ReadOptions, Results } from '../results/results.ts';
import type { JsonObject } from '../text/tolerant-json.ts';
import { isDeepEval, readDeepEval } from './deepeval/read.ts';
import { readEvalScope } from './evalscope/read.ts';
import { isEvalScopeReport } from './evalscope/report.ts';
import { isReviewRow } from './evalscope/reviews.ts';
import { filesIn } from './files.ts';
import { FORMATS, type Format } from './formats.ts';
import { isInspectLog, readInspect } from './inspect/read.ts';
import { groupRuns, stampOf } from './lm-eval/files.ts';
import { readLmEval } from './lm-eval/read.ts';
import { isLmEvalRow } from './lm-eval/rows.ts';
import { isLmEvalSummary } from './lm-eval/summary.ts';
import { evaluationTables, folderMetrics, isRunFolder } from './mlflow/run-folder.ts';
import { runMetrics, withRunMetrics } from './mlflow/run-metrics.ts';
import { isOpenAiEvals, readOpenAiEvals } from './openai-evals/read.ts';
import { readPlain } from './plain/read.ts';
import { isTable } from './plain/table.ts';
import { readJsonLines } from './plain/threads.ts';
import { type Probe, probe } from './probe.ts';
import { isPromptfoo, isPromptfooRow, readPromptfoo } from './promptfoo/read.ts';
import { isSwiftLog, isTrainerResult, readSwiftLog, readTrainer } from './trainer/read.ts';

/**
 * Reads evaluation results from a file or a folder, whatever wrote them; the format is recognised by content. Of a file
 * that holds several models side by side (promptfoo) one is named as `<file>#<column>`.
 * @throws UserError when nothing is there, nothing is recognised, formats are mixed, or a file is broken
 */
export async function readResults(
  source: string,
  options: ReadOptions & { readonly format?: Format | 'auto'; readonly column?: string } = {},
): Promise<Results> {
  try {
    return await readFound(source, options);
  } catch (error) {
    const { code = '', path } = error as NodeJS.ErrnoException;
    if (!UNREADABLE.has(code)) throw error;
    throw new UserError(`${path ?? source} cannot be read (${code}): give a file that this user may read`);
  }
}

/** What a file system says of a path that is no readable file. */
const UNREADABLE = new Set(['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'ENAMETOOLONG', 'ENXIO']);

async function readFound(
  source: string,
  options: ReadOptions & { readonly format?: Format | 'auto'; readonly column?: string },
): Promise<Results> {
  const there = await stat(source).catch((error: NodeJS.ErrnoException) => {
    if (UNREADABLE.has(error.code ?? '')) throw error;
    return null;
  });
  const hash = source.lastIndexOf('#');
  if (!there && hash > 0)
    return readFound(source.slice(0, hash), { ...options, column: source.slice(hash + 1) });
  if (!there)
    throw new UserError(`${source} does not exist: give the file or folder that the evaluation wrote`);
  if (!there.isDirectory() && !there.isFile())
    throw new UserError(`${source} is neither a file nor a folder; a pipe cannot be read more than once`);
  const asked = options.format ?? 'auto';
  if (there.isDirectory() && (asked === 'auto' || asked === 'mlflow') && (await isRunFolder(source)))
    return readRun(source, options);
  const paths = there.isDirectory() ? await filesIn(source) : await companions(source);
  const probes = await Promise.all(paths.map(probe));
  const found = new Map<Format, Probe[]>();
  for (const p of probes) {
    const format = formatOf(p);
    if (format) found.set(format, [...(found.get(format) ?? []), p]);
  }
  const format = chooseFormat(source, found, asked, there.isDirectory());
  const mine = found.get(format) ?? [];
  checkNoneLost(
    format,
    probes.filter((p) => !mine.includes(p)),
  );
  return readAs(format, source, mine, options);
}

/** A run of MLflow's file store: its metrics, and the table of items where it logged one. */
async function readRun(folder: string, options: ReadOptions): Promise<Results> {
  const [table, ...more] = await evaluationTables(folder);
  if (more.length > 0)
    throw new UserError(
      `${folder} logged several tables (${[table, ...more].join(', ')}): name the one that is meant`,
    );
  const read = table === undefined ? null : await readPlain(table, 'table', options);
  return { ...withRunMetrics(read, runMetrics(await folderMetrics(folder), folder)), source: folder };
}

const JSON_FORMATS: readonly (readonly [Format, (value: unknown) => boolean])[] = [
  ['inspect', isInspectLog],
  ['lm-eval', isLmEvalSummary],
  ['evalscope', isEvalScopeReport],
  ['promptfoo', isPromptfoo],
  ['deepeval', isDeepEval],
  ['trainer', isTrainerResult],
  ['table', isTable],
];

const ROW_FORMATS: readonly (readonly [Format, (row: JsonObject) => boolean])[] = [
  ['sluice', isNormalForm],
  ['lm-eval', isLmEvalRow],
  ['evalscope', isReviewRow],
  ['promptfoo', isPromptfooRow],
  ['openai-evals', isOpenAiEvals],
  ['ms-swift', isSwiftLog],
];

function formatOf(p: Probe): Format | null {
  if (p.kind === 'zip') return 'inspect';
  if (p.kind === 'csv') return 'csv';
  if (p.kind !== 'json' && p.kind !== 'jsonl') return null;
  const whole = p.kind === 'json' ? p.value : p.first;
  const rows = p.kind === 'jsonl' ? ROW_FORMATS.find(([, fits]) => fits(p.first)) : undefined;
  // a JSON object on a single line may be a whole file as well as a first row
  const found = rows ?? JSON_FORMATS.find(([, fits]) => fits(whole));
  return found?.[0] ?? (p.kind === 'jsonl' && !/\.json(\.gz)?$/i.test(p.path) ? 'jsonl' : null);
}

/** Names that only a program's own results bear. */
const OWN_NAMES: Partial<Record<Format, (path: string) => boolean>> = {
  'lm-eval': (path) => stampOf(path) !== null && /^(results|samples)_/.test(basename(path)),
  evalscope: (path) => /[\\/](reports|reviews)[\\/].*\.jsonl?(\.gz)?$/.test(path),
};

/**
 * Checks that none of a program's own files was passed over: a report that is cut off says nothing of the items that are missing.
 * @throws UserError naming the file
 */
function checkNoneLost(format: Format, others: readonly Probe[]): void {
  const own = OWN_NAMES[format];
  const lost = others.find(({ path, kind }) => {
    const rows = /\.jsonl(\.gz)?$/.test(path);
    return own?.(path) && (kind === 'other' || rows);
  });
  if (lost)
    throw new UserError(
      `${lost.path} is not readable as a file of ${format}, which its name says it is: it is empty, damaged or cut off`,
    );
}

/** Formats of no program in particular. */
const PLAIN: readonly Format[] = ['jsonl', 'csv', 'table'];

function chooseFormat(
  source: string,
  found: Map<Format, Probe[]>,
  asked: Format | 'auto',
  folder: boolean,
): Format {
  if (asked !== 'auto') {
    if (found.has(asked)) return asked;
    const there = [...found.keys()].join(', ') || 'no format that is known';
    throw new UserError(`${source} holds no results of format ${asked}; it looks like ${there}`);
  }
  // beside a program's own files, other JSON Lines and tables are its logs
  const named = [...found.keys()].filter((format) => !PLAIN.includes(format));
  const candidates = named.length > 0 ? named : [...found.keys()];
  if (candidates.length === 1) return candidates[0] as Format;
  if (candidates.length > 1) {
    throw new UserError(
      `${source} holds results of several formats (${candidates.join(', ')}): name one with \`format\`, or give the file`,
    );
  }
  throw new UserError(
    `${source} ${folder ? 'holds no evaluation results' : 'is no evaluation result'} that is recognised. Read are ${FORMATS.join(', ')}; a plain file is JSON Lines with one object an item, or CSV with a header`,
  );
}

async function readAs(
  format: Format,
  source: string,
  probes: readonly Probe[],
  options: ReadOptions & { readonly column?: string },
): Promise<Results> {
  const paths = probes.map((p) => p.path);
  switch (format) {
    case 'lm-eval':
      return readLmEval(source, paths, options);
    case 'evalscope':
      return readEvalScope(
        source,
        {
          reports: probes
            .filter((p) => p.kind === 'json' || (p.kind === 'jsonl' && isEvalScopeReport(p.first)))
            .map((p) => p.path),
          reviews: probes.filter((p) => p.kind === 'jsonl' && isReviewRow(p.first)).map((p) => p.path),
          configs: await taskConfigs(source),
        },
        options,
      );
    case 'sluice':
      return readNormalForm(only(source, paths));
    case 'inspect':
      return readInspect(only(source, paths), options);
    case 'promptfoo':
      return readPromptfoo(only(source, paths), options.column ?? null, options);
    case 'deepeval':
      return readDeepEval(only(source, paths), options);
    case 'openai-evals':
      return readOpenAiEvals(only(source, paths), options);
    case 'trainer':
      return readTrainer(only(source, preferred(paths)));
    case 'mlflow':
      return readRun(source, options);
    case 'ms-swift':
      return readSwiftLog(only(source, paths));
    case 'jsonl':
      return readJsonLines(only(source, paths), options);
    default:
      return readPlain(only(source, paths), format, options);
  }
}

/** The Trainer writes the same figures several times; the union of all is in `all_results.json`. */
function preferred(paths: readonly string[]): readonly string[] {
  const all = paths.filter((path) => /(^|[\\/])all_results\.json(\.gz)?$/.test(path));
  return all.length === 1 ? all : paths;
}

function only(source: string, paths: readonly string[]): string {
  if (paths.length === 1) return paths[0] as string;
  throw new UserError(
    `${source} holds ${paths.length} result files (${paths.slice(0, 5).join(', ')}): name the one that is meant`,
  );
}

/** A file of lm-eval is read together with the files of its run, which bear its time stamp. */
async function companions(path: string): Promise<string[]> {
  const stamp = stampOf(path);
  if (!stamp) return [path];
  const folder = join(path, '..');
  const beside = (await readdir(folder)).map((name) => join(folder, name));
  const run = groupRuns(beside).find((r) => r.stamp === stamp);
  return run ? [...(run.summary ? [run.summary] : []), ...run.samples.values()] : [path];
}

async function taskConfigs(source: string): Promise<string[]> {
  if (!(await stat(source)).isDirectory()) return [];
  return (await filesIn(source, /(^|[\\/])configs[\\/]task_config[^\\/]*\.ya?ml$/)).sort();
}
