import { run, which } from '@sluice/process';
import { type Finding, lookMs, type Patient } from './check.ts';

/** A program, how it tells its version, and which version is enough. */
interface Tool {
  readonly program: string;
  readonly argv: readonly string[];
  readonly least?: readonly [number, number];
}

/** What needs a tool; any one of `tools` is enough. */
interface Need {
  readonly name: string;
  readonly tools: readonly Tool[];
  /** What cannot be done without. */
  readonly for: string;
  readonly install: string;
}

const version = (program: string, ...argv: string[]): Tool => ({
  program,
  argv: argv.length > 0 ? argv : ['--version'],
});

const NEEDS: readonly Need[] = [
  {
    name: 'git',
    tools: [version('git')],
    for: 'the commit of a record, and model-affected',
    install: 'apt-get install git',
  },
  {
    name: 'python',
    tools: [version('uv'), { ...version('python3'), least: [3, 10] }],
    for: 'lint-and-unit, lora-train, quantize and eval-gate',
    install: 'pip install uv, or install Python 3.10 or newer',
  },
  {
    name: 'image builder',
    tools: [version('buildah'), version('docker', 'buildx', 'version')],
    for: 'build-vllm-image',
    install: 'apt-get install buildah, or Docker with buildx',
  },
  {
    name: 'haproxy',
    tools: [{ ...version('haproxy', '-v'), least: [2, 6] }],
    for: 'a gateway on this machine; a gateway elsewhere needs none here',
    install: 'apt-get install haproxy (2.6 or newer)',
  },
  {
    name: 'nginx',
    tools: [version('nginx', '-v')],
    for: 'a gateway on this machine, instead of HAProxy',
    install: 'apt-get install nginx',
  },
];

/** Node itself: actions run on 24, sources need its type stripping. */
export function node(current: string): Finding {
  const major = Number(/^v(\d+)/.exec(current)?.[1] ?? 0);
  if (major >= 24) return { name: 'node', state: 'ok', found: current };
  return {
    name: 'node',
    state: 'warn',
    found: current,
    advice: 'Actions run on Node 24; install it, or use the project’s own (node_modules/.bin)',
  };
}

/** Tools that the actions drive. A missing one is a warning: which are needed, the pipeline decides. */
export const tools = (patient: Patient): Promise<Finding[]> =>
  Promise.all(NEEDS.map((need) => lookAt(need, patient)));

async function lookAt(need: Need, { env }: Patient): Promise<Finding> {
  const old: string[] = [];
  for (const tool of need.tools) {
    if (!(await which(tool.program, env))) continue;
    const result = await run([tool.program, ...tool.argv], { env, timeoutMs: lookMs });
    if (result.code !== 0) continue;
    const line = `${result.stdout}\n${result.stderr}`.split('\n').find((text) => /\d+\.\d+/.test(text)) ?? '';
    const found = `${tool.program} ${/\d+\.\d+[\w.+~-]*/.exec(line)?.[0] ?? ''}`.trim();
    if (!tool.least || isAtLeast(line, tool.least)) return { name: need.name, state: 'ok', found };
    old.push(found);
  }
  return {
    name: need.name,
    state: 'warn',
    found: old.length > 0 ? `${old.join(', ')} is too old` : 'not found',
    advice: `Needed for ${need.for}: ${need.install}`,
  };
}

/** Whether the first number of the form a.b in a text is at least `least`. */
export function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const found = /(\d+)\.(\d+)/.exec(text);
  if (!found) return false;
  const [a, b] = [Number(found[1]), Number(found[2])];
  return a > major || (a === major && b >= minor);
}
