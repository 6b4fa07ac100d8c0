import { UserError } from '@sluice/contract';
import { honourNetworkVariables, Secrets } from '@sluice/host';
import { columns } from '../help/layout.ts';
import { type Option, readOptions } from '../options.ts';
import type { Scene } from '../scene.ts';
import type { Finding, Patient, State } from './check.ts';
import { clock } from './clock.ts';
import { authorities, proxy } from './network.ts';
import { prometheus, router, store, tracker } from './systems.ts';
import { node, tools } from './tools.ts';

const OPTIONS = {
  'tracking-uri': { description: 'The tracking server. Default: MLFLOW_TRACKING_URI.' },
  router: { description: 'Kind of the router. Default: haproxy.' },
  target: { description: 'The router’s address, as canary-step is given it.' },
  metrics: { description: 'Address of a Prometheus. Default: PROMETHEUS_URL.' },
  json: { description: 'One JSON object on standard output.', alone: true },
  help: { description: 'This text.', alone: true },
} as const satisfies Record<string, Option>;

const MARKS: Readonly<Record<State, string>> = {
  ok: 'ok     ',
  warn: 'warn   ',
  missing: 'missing',
  off: 'off    ',
};

/** `sluice doctor`: what this machine has, what answers, what to do. Exit 4 where a system that is set up does not work. */
export async function doctor(argv: readonly string[], scene: Scene, asksHelp: boolean): Promise<number> {
  if (asksHelp) {
    scene.stdout.write(help(scene.width));
    return 0;
  }
  const { options, words } = readOptions(argv, OPTIONS);
  if (words.length > 0) throw new UserError(`doctor takes no words; given: ${words.join(' ')}`);
  const { env } = scene;
  const patient: Patient = {
    env,
    workspace: scene.cwd,
    trackingUri: options['tracking-uri'] || env.MLFLOW_TRACKING_URI || undefined,
    router: options.router ?? 'haproxy',
    target: options.target,
    prometheus: options.metrics || env.PROMETHEUS_URL || undefined,
  };
  const findings = await examine(patient);
  const sick = findings.some(({ state }) => state === 'missing');
  const exit = sick ? 4 : 0;
  const secrets = new Secrets();
  const text = options.json ? `${JSON.stringify({ command: 'doctor', exit, findings })}\n` : asText(findings);
  scene.stdout.write(secrets.cut(text));
  return exit;
}

async function examine(patient: Patient): Promise<Finding[]> {
  const certificates = await authorities(patient, Date.now());
  // what cannot be read is a finding of its own, not the end of all looks
  if (certificates.state !== 'missing') honourNetworkVariables(patient.env, () => {});
  const [found, ...systems] = await Promise.all([
    tools(patient),
    store(patient),
    tracker(patient),
    router(patient),
    prometheus(patient),
    clock(patient),
    proxy(patient),
  ]);
  return [node(process.version), ...found, ...systems, certificates];
}

function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .map(({ name, state, found, advice }) => {
      const head = `${MARKS[state]}  ${name.padEnd(width)}  ${found}`;
      return advice ? `${head}\n${' '.repeat(width + 11)}${advice}` : head;
    })
    .map((text) => `${text}\n`)
    .join('');
}

const help = (width: number): string =>
  [
    'sluice doctor: what this machine has, what answers, and what to do',
    '',
    ...columns(
      Object.entries(OPTIONS).map(([name, { description }]) => [`--${name}`, description]),
      width,
    ),
    '',
    'It writes one small file, doctor/probe.txt, into the store.',
    '',
  ].join('\n');
