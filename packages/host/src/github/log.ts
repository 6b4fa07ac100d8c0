import type { Paint } from '../log/colour.ts';
import { throttled } from '../log/progress.ts';
import type { Log } from '../types.ts';
import { command, harmless } from './command.ts';

/** The log of a step, on standard output. `cut` removes secrets; `word` makes words that nobody can guess. */
export function githubLog(
  print: (line: string) => void,
  cut: (text: string) => string,
  word: () => string,
  paint: Paint,
  now: () => Date,
): Log {
  const say = (text: string) => print(harmless(cut(text), word));
  let depth = 0;
  return {
    info: say,
    warn: (text) => say(`${paint('yellow', 'warning:')} ${text}`),
    error: (text) => say(`${paint('red', 'error:')} ${text}`),
    debug: (text) => print(command('debug', {}, cut(text))),
    progress: throttled(say, now),
    async group(title, work) {
      // the runner's groups do not nest: an inner one would close the outer
      if (depth === 0) print(command('group', {}, cut(title)));
      else say(paint('bold', title));
      depth++;
      try {
        return await work();
      } finally {
        depth--;
        if (depth === 0) print('::endgroup::');
      }
    },
  };
}
