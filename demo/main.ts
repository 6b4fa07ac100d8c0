/** `npm run demo`: a model from a commit to full traffic, on this machine alone. */
import { cpus, totalmem } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { actProgram } from '../test/parts/act.ts';
import { type DemoOptions, demoOptions, USAGE } from './options.ts';
import { type Outcome, writeReport } from './show/report.ts';
import { Screen, seconds } from './show/screen.ts';
import { bad } from './stories/bad.ts';
import { drill } from './stories/drill.ts';
import { faulty } from './stories/faulty.ts';
import { firstVersion } from './stories/first.ts';
import { good } from './stories/good.ts';
import type { Ending, Story } from './stories/story.ts';
import { createWorld, type World } from './world/world.ts';

const STORIES: Readonly<Record<number, Story>> = { 1: good, 2: bad, 3: faulty, 4: drill };
/** The drill comes before the third story, whose canary takes the slot of the version before. */
const ORDER = [1, 2, 4, 3];

const screen = new Screen(process.stdout);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!interrupted.signal.aborted) screen.line('\nInterrupted: ending what was started …');
    interrupted.abort();
  });

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = demoOptions(argv);
    if (options === 'help') {
      screen.line(USAGE);
      return 0;
    }
    return await demo(options);
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    screen.line();
    screen.line(
      error instanceof UserError ? `bad input: ${error.message}` : `The demo failed: ${messageOf(error)}`,
    );
    return error instanceof UserError ? 2 : 1;
  }
}

async function demo({ host, stories }: DemoOptions): Promise<number> {
  const act = host === 'github' ? await actProgram() : undefined;
  if (host === 'github' && !act)
    throw new UserError(
      '--host github needs act, which is not here: install it, or Go 1.25 or newer to build it',
    );
  const began = performance.now();
  screen.line(screen.paint('bold', 'Sluice: a model from a commit to full traffic, on this machine alone'));
  screen.line('What it needs goes into its own cache folder; the first time that takes some minutes.');
  await using stack = new AsyncDisposableStack();
  screen.title('Getting ready');
  const world = await createWorld(stack, screen, interrupted.signal, {
    ...(act ? { act } : {}),
    mlflow: true,
    images: true,
    plan: '1@3s,5@3s,25@3s,100@4s',
  });
  screen.aside = () => aside(world);
  await firstVersion(world);

  const endings: Ending[] = [];
  for (const number of ORDER.filter((story) => stories.includes(story))) {
    const story = STORIES[number] as Story;
    screen.title(`Story ${number}: ${story.title}`, `Must end so: ${story.expected}`);
    const ending = { title: story.title, expected: story.expected, ...(await story.tell(world)) };
    endings.push(ending);
    const ok = ending.wrong.length === 0;
    screen.line(`  ${screen.paint(ok ? 'green' : 'red', ok ? '→' : '✗')} ${ending.happened}`);
    for (const wrong of ending.wrong) screen.line(`    ${screen.paint('red', wrong)}`);
  }
  await world.users.leave();
  return conclude({
    endings,
    requests: world.users.requests,
    lost: world.users.lost,
    versions: world.users.versions,
    timeline: world.users.timeline,
    timings: screen.timings,
    tookMs: performance.now() - began,
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  });
}

/** The table at the end, the report, the exit status. */
async function conclude(outcome: Outcome): Promise<number> {
  const { endings, requests, lost, versions, tookMs } = outcome;
  screen.title('What happened');
  for (const { title, happened, wrong } of endings) {
    const ok = wrong.length === 0;
    screen.line(
      `  ${screen.paint(ok ? 'green' : 'red', ok ? '✓' : '✗')} ${title}: ${ok ? 'as expected' : 'NOT as expected'}`,
    );
    screen.say(happened);
  }
  screen.line();
  screen.table(
    ['version', 'requests', 'failed by itself'],
    [...versions].map(([version, served]) => [version, String(served.requests), String(served.failed)]),
  );
  screen.line();
  const failedByCanary = [...versions.values()].reduce((sum, { failed }) => sum + failed, 0);
  const none = lost.length === 0;
  screen.line(
    `  ${screen.paint(none ? 'green' : 'red', `${lost.length} of ${requests} user requests were lost by the moves`)}; the bad canary itself failed ${failedByCanary}.`,
  );
  for (const { reason } of lost.slice(0, 5)) screen.line(`    ${reason}`);
  const report = await writeReport(join(dirname(import.meta.dirname), 'reports'), outcome);
  screen.line(`  Report: ${relative(process.cwd(), report) || report}`);
  screen.line(`  ${seconds(tookMs)} on ${outcome.machine}.`);
  return none && endings.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
}

function aside({ users }: World): string {
  return `${users.requests} user requests, ${users.lost.length} lost`;
}
