import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError } from '@sluice/contract';
import { CHINESE_SCORES, type GatesDocument, type WordCutter } from '@sluice/evaluation';
import { pythonEnvironment, run, which } from '@sluice/process';
import type { Context } from './context.ts';

/** The version that Sluice's Chinese ROUGE on words is tested with. */
const JIEBA = 'jieba==0.42.1';

/** Asked once for all texts: loading the dictionary takes longer than cutting. */
const CUT = `import json, sys, logging, jieba
jieba.setLogLevel(logging.WARNING)
jieba.dt.tmp_dir = sys.argv[3]
texts = json.load(open(sys.argv[1], encoding="utf-8"))
json.dump([" ".join(jieba.cut(text)) for text in texts], open(sys.argv[2], "w", encoding="utf-8"))`;

const VERSION = 'import jieba; print(jieba.__version__)';

/**
 * Who cuts Chinese texts for ROUGE, as the gates ask: `jieba` makes an environment that has it, `auto` takes it where the
 * machine's Python has it. Undefined: characters.
 */
export async function wordCutter(
  context: Context,
  { scores, chinese }: GatesDocument,
): Promise<WordCutter | undefined> {
  if (!scores?.some((name) => CHINESE_SCORES.has(name))) return undefined;
  const { host } = context;
  const python = chinese === 'jieba' ? await withJieba(context) : await which('python3', host.env);
  const told = python && (await run([python, '-c', VERSION], { env: host.env, timeoutMs: 60_000 }));
  if (!python || !told || told.code !== 0) {
    host.log.info('Chinese ROUGE by characters: the Python on PATH has no jieba');
    return undefined;
  }
  const name = `jieba ${told.stdout.trim()}`;
  host.log.info(`Chinese ROUGE by the words of ${name}`);
  return { name, cut: (texts) => cut(context, python, texts) };
}

async function withJieba({ host }: Context): Promise<string> {
  const { cacheDir, env, signal } = host;
  const made = await pythonEnvironment({
    name: 'Chinese words',
    requirements: [JIEBA],
    cacheDir,
    env,
    log: host.log.info,
    signal,
  });
  return made.python;
}

async function cut({ host }: Context, python: string, texts: readonly string[]): Promise<string[]> {
  const [said, words] = [join(host.temp, 'texts.json'), join(host.temp, 'words.json')];
  await writeFile(said, JSON.stringify(texts));
  const done = await run([python, '-c', CUT, said, words, host.temp], {
    env: { ...host.env, PYTHONHASHSEED: '0' },
    signal: host.signal,
    tailLines: 10,
  });
  host.signal.throwIfAborted();
  if (done.code !== 0) throw new ProgramError(`jieba could not cut the texts:\n${done.tail.join('\n')}`);
  return JSON.parse(await readFile(words, 'utf8')) as string[];
}
