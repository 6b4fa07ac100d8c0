import { join } from 'node:path';
import { parse, stringify } from 'yaml';

interface Job {
  env?: Record<string, string>;
  steps: unknown[];
}

const expression = (text: string) => `\${{ ${text} }}`;
const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`;

/**
 * A workflow as the tests run it. Each job gets a HOME and a folder for temporary files of its own, and those of the job
 * before it are removed first; at its end it writes what it saw, `needs` and `steps`, to `<seen>/<job>.json`.
 * Everything that the workflow itself says stays as it is.
 */
export function instrumented(
  text: string,
  folders: { readonly jobs: string; readonly seen: string },
): string {
  const workflow = parse(text) as { jobs: Record<string, Job> };
  const jobs = quoted(folders.jobs);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const own = join(folders.jobs, name);
    const home = join(own, 'home');
    job.env = { HOME: home, XDG_CACHE_HOME: join(home, '.cache'), TMPDIR: join(own, 'tmp'), ...job.env };
    const fresh = {
      run: `rm -rf ${jobs} && mkdir -p ${quoted(home)} ${quoted(join(own, 'tmp'))}`,
      env: { TMPDIR: folders.seen },
    };
    const witness = {
      if: expression('always()'),
      env: { NEEDS: expression('toJSON(needs)'), STEPS: expression('toJSON(steps)') },
      run: `printf '{"needs":%s,"steps":%s}' "\${NEEDS:-null}" "$STEPS" > ${quoted(join(folders.seen, `${name}.json`))}`,
    };
    job.steps = [fresh, ...job.steps, witness];
  }
  return stringify(workflow, { lineWidth: 0 });
}
