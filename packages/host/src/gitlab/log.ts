import type { Paint } from '../log/colour.ts';
import { throttled } from '../log/progress.ts';
import type { Log } from '../types.ts';

/** The log of a GitLab job, with collapsible sections (docs.gitlab.com/ci/jobs/job_logs). */
export function gitlabLog(
  print: (line: string) => void,
  cut: (text: string) => string,
  paint: Paint,
  now: () => Date,
  debugging: boolean,
): Log & { section(title: string, text: string): void } {
  const say = (text: string) => print(cut(text));
  let sections = 0;
  const seconds = () => Math.floor(now().getTime() / 1000);
  const open = (title: string, options = '') => {
    const name = `sluice_${process.pid}_${++sections}`;
    print(`\x1b[0Ksection_start:${seconds()}:${name}${options}\r\x1b[0K${paint('bold', cut(title))}`);
    return () => print(`\x1b[0Ksection_end:${seconds()}:${name}\r\x1b[0K`);
  };
  return {
    info: say,
    warn: (text) => say(`${paint('yellow', 'warning:')} ${text}`),
    error: (text) => say(`${paint('red', 'error:')} ${text}`),
    debug: (text) => {
      if (debugging) say(paint('dim', text));
    },
    progress: throttled(say, now),
    async group(title, work) {
      const close = open(title);
      try {
        return await work();
      } finally {
        close();
      }
    },
    section(title, text) {
      const close = open(title, '[collapsed=true]');
      say(text);
      close();
    },
  };
}
