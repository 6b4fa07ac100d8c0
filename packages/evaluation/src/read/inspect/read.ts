import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { type ZipEntry, ZipFile } from '../../archive/zip.ts';
import { canonicalJson, digestOf } from '../../results/digest.ts';
import type { ItemText, ReadOptions, Results, Settings } from '../../results/results.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { firstBytes } from '../../text/lines.ts';
import { isObject, type JsonObject, parseTolerantJson, toScore, valueAt } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';
import { addSample, type SampleState, sampleText } from './samples.ts';

/** Whether a JSON value is an Inspect log. */
export function isInspectLog(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    value.version === 2 &&
    typeof value.status === 'string' &&
    typeof valueAt(value, 'eval.task') === 'string'
  );
}

/** Reads an Inspect log: `.eval` (a zip, one entry a sample, read one after the other) or `.json`. */
export async function readInspect(path: string, options: ReadOptions = {}): Promise<Results> {
  const head = (await firstBytes(path, 2)).toString('latin1');
  return head === 'PK' ? fromZip(path, options) : fromJson(path, options);
}

async function fromJson(path: string, options: ReadOptions): Promise<Results> {
  const log = (await wholeJson(path)) as JsonObject;
  const samples = (Array.isArray(log.samples) ? log.samples : []).filter(isObject);
  const reading = new Reading(path, log, options);
  for (const [i, sample] of samples.entries()) reading.add(sample, i);
  return reading.finish(async (place) => samples[place]);
}

const SAMPLE = /^samples\/(?:[^/]+\.json|[^/]+\/sample\.json)$/;

async function fromZip(path: string, options: ReadOptions): Promise<Results> {
  await using zip = await ZipFile.open(path);
  const header = zip.entries.get('header.json');
  if (!header) throw new UserError(`${path} is an unfinished Inspect log: it has a journal and no header`);
  const reading = new Reading(path, json(await zip.read(header), path, header), options);
  const samples = [...zip.entries.values()].filter((entry) => SAMPLE.test(entry.name));
  for (const [i, entry] of samples.entries()) reading.add(json(await zip.read(entry), path, entry), i);
  return reading.finish(async (place) => {
    const entry = samples[place];
    if (!entry) return undefined;
    await using again = await ZipFile.open(path);
    return json(await again.read(entry), path, entry);
  });
}

function json(bytes: Buffer, path: string, { name }: ZipEntry): JsonObject {
  let value: unknown;
  try {
    value = parseTolerantJson(bytes.toString('utf8'));
  } catch (error) {
    throw new UserError(`${path}: ${name} is not valid JSON (${(error as Error).message})`);
  }
  if (!isObject(value)) throw new UserError(`${path}: ${name} is no JSON object`);
  return value;
}

class Reading {
  private readonly path: string;
  private readonly header: JsonObject;
  private readonly slices: readonly string[];
  private readonly builder: TaskBuilder;
  private readonly states: Record<SampleState, number> = {
    scored: 0,
    errored: 0,
    invalidated: 0,
    limited: 0,
  };

  constructor(path: string, header: JsonObject, { slices = [] }: ReadOptions) {
    if (!isInspectLog(header)) throw new UserError(`${path}: this is no Inspect log of version 2`);
    if (header.invalidated === true)
      throw new UserError(`${path} was invalidated in Inspect: its scores do not count`);
    this.path = path;
    this.header = header;
    this.slices = slices;
    this.builder = new TaskBuilder(String(valueAt(header, 'eval.task')));
  }

  add(sample: JsonObject, place: number): void {
    this.states[
      addSample(sample, place, this.builder, this.slices, `${basename(this.path)} sample ${place + 1}`)
    ]++;
  }

  finish(sampleAt: (place: number) => Promise<JsonObject | undefined>): Results {
    const { header, builder, states } = this;
    const seen = Object.values(states).reduce((sum, count) => sum + count, 0);
    const samples = toScore(valueAt(header, 'eval.dataset.samples')) ?? 0;
    const asked = Math.max(
      samples * (toScore(valueAt(header, 'eval.config.epochs')) ?? 1),
      toScore(valueAt(header, 'results.total_samples')) ?? 0,
    );
    const joined = seen >= asked ? samples - builder.items.size : 0;
    const unfinished = header.status === 'success' ? 0 : Math.max(1, asked - seen);
    const task = builder.finish({
      settings: settingsOf(header),
      errored: states.errored + states.invalidated,
      incomplete: Math.max(unfinished, asked - seen, 0),
    });
    const version = valueAt(header, 'eval.packages.inspect_ai');
    const model = valueAt(header, 'eval.model');
    return {
      format: 'inspect',
      source: this.path,
      evaluator: { name: 'inspect', version: typeof version === 'string' ? version : null },
      model: typeof model === 'string' ? model : null,
      tasks: [task],
      notes: notesOf(header, states, joined),
      texts: (of, rows) =>
        Promise.all(
          rows.map(async (row): Promise<ItemText | undefined> => {
            const sample = await sampleAt(of.items?.place(row) ?? -1);
            return sample && sampleText(sample);
          }),
        ),
    };
  }
}

function settingsOf(header: JsonObject): Settings {
  return {
    scorer: digestOf(
      canonicalJson([valueAt(header, 'eval.task_version'), valueAt(header, 'eval.scorers') ?? null]),
    ),
    prompts: digestOf(
      canonicalJson([
        valueAt(header, 'plan.steps') ?? null,
        valueAt(header, 'eval.model_generate_config') ?? null,
      ]),
    ),
  };
}

function notesOf(header: JsonObject, states: Record<SampleState, number>, joined: number): string[] {
  const task = String(valueAt(header, 'eval.task'));
  return [
    header.status === 'success' ? '' : `${task}: the run ended with status ${String(header.status)}`,
    states.errored > 0 ? `${task}: ${states.errored} samples failed in the evaluator and have no score` : '',
    states.invalidated > 0 ? `${task}: ${states.invalidated} samples were invalidated` : '',
    joined > 0
      ? `${task}: ${joined} samples have the id, or the input and target, of another one; such samples count as one item, and their scores are averaged`
      : '',
    states.limited > 0 ? `${task}: ${states.limited} samples ended at a limit` : '',
  ].filter((note) => note !== '');
}
