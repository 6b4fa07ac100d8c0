import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, messageOf } from '@sluice/contract';
import type { JudgeConfig } from '@sluice/evaluation';
import { digestOf, jsonDigest } from '@sluice/record';
import { keys } from '@sluice/store';
import type { Context } from './context.ts';

/** What a judge answered before, by the question. */
export interface JudgeAnswers {
  /** An earlier answer; undefined: the judge is to be asked. */
  known(prompt: string): string | undefined;
  /** Keeps an answer on this machine at once, so that a run that breaks off loses none. */
  keep(prompt: string, answer: string): Promise<void>;
  /** Puts what is new into the store. */
  share(): Promise<void>;
  /** Some of the known answers lay in the store alone, so that whoever writes there could have made them. */
  readonly elsewhere: boolean;
}

/** Another form of the key, or of what is kept under it. */
const FORM = 1;
/** So many answers of one judge go into the store, the latest ones. */
const MOST = 200_000;

const NONE: JudgeAnswers = {
  known: () => undefined,
  keep: async () => {},
  share: async () => {},
  elsewhere: false,
};

/** Opens the answers of a judge; the store is only asked where this machine does not know all `prompts`. */
export async function judgeAnswers(
  context: Context,
  config: JudgeConfig,
  model: string,
  prompts: readonly string[],
): Promise<JudgeAnswers> {
  const { cache } = config;
  if (cache === false) return NONE;
  const { host, store } = context;
  const key = jsonDigest({
    form: FORM,
    judge: typeof cache === 'object' ? { version: cache.version } : { endpoint: config.endpoint },
    model,
    maxTokens: config['max-tokens'],
  });
  const local = join(host.cacheDir, 'judge-answers', `${key.slice(7)}.jsonl`);
  await mkdir(dirname(local), { recursive: true });
  const here = await answersIn(local);
  const asked = prompts.map((prompt) => digestOf(prompt));
  const complete = asked.every((question) => here.has(question));
  const there = complete ? new Map<Digest, string>() : await answersOf(context, key);
  const elsewhere = asked.some((question) => !here.has(question) && there.has(question));
  let fresh = 0;
  let writing = Promise.resolve();
  return {
    elsewhere,
    known: (prompt) => {
      const question = digestOf(prompt);
      return here.get(question) ?? there.get(question);
    },
    keep: (prompt, answer) => {
      const question = digestOf(prompt);
      here.set(question, answer);
      fresh++;
      writing = writing.then(() => appendFile(local, line(question, answer)));
      return writing;
    },
    share: async () => {
      await writing;
      if (fresh === 0) return;
      const all = [...new Map([...there, ...here])].slice(-MOST);
      const file = join(host.temp, `judge-answers-${key.slice(7, 23)}.jsonl`);
      await writeFile(file, all.map(([question, answer]) => line(question, answer)).join(''));
      await store.putFile(keys.judgeAnswers(key), file);
    },
  };
}

/** It begins with the line break, so that it never goes on where a job that was killed left off. */
const line = (question: Digest, answer: string): string => `\n${JSON.stringify({ question, answer })}`;

async function answersOf({ host, store }: Context, key: Digest): Promise<Map<Digest, string>> {
  const fetched = join(host.temp, `judge-answers-${key.slice(7, 23)}-fetched.jsonl`);
  try {
    return (await store.getFile(keys.judgeAnswers(key), fetched)) ? await answersIn(fetched) : new Map();
  } catch (error) {
    host.log.warn(`the judge's earlier answers in the store are not used: ${messageOf(error)}`);
    return new Map();
  }
}

/** The answers in a file; a line that is none, such as the last one of a job that was killed, is left out. */
async function answersIn(path: string): Promise<Map<Digest, string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const answers = new Map<Digest, string>();
  for (const row of text.split('\n')) {
    try {
      const { question, answer } = JSON.parse(row) as { question?: unknown; answer?: unknown };
      if (typeof question === 'string' && typeof answer === 'string') answers.set(question as Digest, answer);
    } catch {
      // a line that was cut off, or the empty one at the beginning
    }
  }
  return answers;
}
