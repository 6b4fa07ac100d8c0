import { hostname, tmpdir } from 'node:os';
import { annotationLine } from '../github/annotations.ts';
import { paintOn } from '../log/colour.ts';
import type { End, Platform, Surroundings } from '../platform.ts';
import { isFailure, KINDS } from '../verdict.ts';
import { argvInputs, wantsJson } from './argv.ts';
import { terminalLog } from './log.ts';

/** A person's terminal, or a script of theirs. */
export function cliPlatform(around: Surroundings): Platform {
  const { action, env, secrets } = around;
  const hidden = (text: string) => secrets.cut(text);
  const json = wantsJson(around.argv);
  const paintLog = paintOn(around.stderr, env);
  const log = terminalLog(around.stderr, hidden, paintLog, around.now, Boolean(env.SLUICE_DEBUG));
  const result = (text: string) => around.stdout.write(`${text}\n`);

  return {
    kind: 'cli',
    workspace: around.cwd,
    temp: tmpdir(),
    oneLine: false,
    log,
    // on one machine SLUICE_CACHE_DIR is the cache
    cache: { restore: async () => false, save: async () => {} },
    begin() {},
    given: (definition) => argvInputs(definition, around.argv),
    async source() {
      const { gitSource } = await import('./git.ts');
      const invocation = `${hostname()}/${process.pid}/${around.now().toISOString()}`;
      return gitSource(around.cwd, env, invocation);
    },
    hide() {},
    summarise(_render, path) {
      log.info(`${paintLog('dim', 'report:')} ${path}`);
    },
    // a terminal belongs to no pull request and to no commit on a server
    async comment() {},
    async commitStatus() {},
    async deployment() {},
    annotate(annotations) {
      for (const annotation of annotations) log.info(annotationLine(annotation));
    },
    checkOutputs() {},
    end(end) {
      log.clear();
      if (json) result(hidden(JSON.stringify(asObject(action, end))));
      else if (isFailure(end)) {
        around.stderr.write(`${paintLog('red', hidden(end.message))}\n`);
        if (end.stack) around.stderr.write(`${hidden(end.stack)}\n`);
      } else {
        const paint = paintOn(around.stdout, env);
        if (end.sentence) result(hidden(end.sentence));
        const width = Math.max(0, ...[...end.outputs.keys()].map((name) => name.length));
        for (const [name, value] of end.outputs)
          result(`${paint('cyan', name.padEnd(width))}  ${hidden(value)}`);
        if (end.refused !== undefined)
          around.stderr.write(`${paintLog('red', hidden(`${KINDS[3]}: ${end.refused}`))}\n`);
      }
    },
  };
}

/** The one object of `--json`. */
export function asObject(action: string, end: End): Record<string, unknown> {
  if (isFailure(end)) {
    const kind = KINDS[end.exit];
    return {
      action,
      exit: end.exit,
      error: {
        kind,
        message: end.message.slice(kind.length + 2),
        ...(end.stack ? { stack: end.stack } : {}),
      },
    };
  }
  return {
    action,
    exit: end.exit,
    outputs: Object.fromEntries(end.outputs),
    ...(end.refused === undefined ? {} : { refused: end.refused }),
    ...(end.sentence === undefined ? {} : { sentence: end.sentence }),
  };
}
