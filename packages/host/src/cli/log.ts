import type { Paint } from '../log/colour.ts';
import { throttled } from '../log/progress.ts';
import type { Screen } from '../platform.ts';
import type { Log } from '../types.ts';

/** The log of a person's terminal: on standard error, so that standard output holds the result alone. */
export function terminalLog(
  screen: Screen,
  cut: (text: string) => string,
  paint: Paint,
  now: () => Date,
  debugging: boolean,
): Log & { clear(): void } {
  const live = screen.isTTY === true;
  let showing = false;
  const clear = () => {
    if (showing) screen.write('\r\x1b[2K');
    showing = false;
  };
  const say = (text: string) => {
    clear();
    screen.write(`${cut(text)}\n`);
  };
  const replace = (text: string) => {
    clear();
    const line = (cut(text).split('\n')[0] ?? '').slice(0, 100);
    screen.write(paint('dim', line));
    showing = true;
  };
  return {
    clear,
    info: say,
    warn: (text) => say(`${paint('yellow', 'warning:')} ${text}`),
    error: (text) => say(`${paint('red', 'error:')} ${text}`),
    debug: (text) => {
      if (debugging) say(paint('dim', text));
    },
    progress: live ? replace : throttled(say, now),
    async group(title, work) {
      say(paint('bold', title));
      return await work();
    },
  };
}
