import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { installHaproxy } from '../../test/parts/haproxy.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { kubernetesRounds } from './kubernetes.ts';
import { configReload, sluice, type Way } from './ways.ts';

/** One round, milliseconds from the decision. */
interface Round {
  /** Until the way itself said that it was done. */
  readonly confirmed: number;
  /** Until the canary got its last request; 0 where none came any more. */
  readonly lastCanary: number;
  readonly failed: number;
}

/** Without a request for this long the canary has no users any more, ms. */
const QUIET = 150;
const PER_SECOND = 200;

async function round(way: Way, gateway: Gateway): Promise<Round> {
  await gateway.settled();
  await way.prepare();
  await gateway.settled();
  const prepared = performance.now();
  // a round counts only where users were at the canary when it began
  while (gateway.lastCanary() < prepared) await sleep(5);
  gateway.failures();
  const decided = performance.now();
  await way.back();
  const confirmed = performance.now() - decided;
  while (performance.now() - Math.max(gateway.lastCanary(), decided) < QUIET) await sleep(5);
  return { confirmed, lastCanary: Math.max(0, gateway.lastCanary() - decided), failed: gateway.failures() };
}

function at(q: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (
    Math.round((sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] as number) * 10) / 10
  );
}

/**
 * From the decision to roll back until no user is at the canary, under traffic: what `rollback` does, and a reload of HAProxy's
 * configuration in the same run, on the same process. `--runs N` (40), `--json`. The bar: under 2 s.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '40' } },
  });
  const program = await installHaproxy((text) => console.error(text));
  const version = execFileSync(program, ['-v'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const gateway = await startGateway(program, PER_SECOND);
  try {
    const ways = [await sluice(gateway), configReload(gateway)];
    const rounds = new Map(ways.map((way) => [way, [] as Round[]]));
    for (let i = 0; i < Number(values.runs); i++)
      for (const way of ways) rounds.get(way)?.push(await round(way, gateway));
    const rows = ways.map((way) => {
      const seen = rounds.get(way) as Round[];
      const confirmed = seen.map((r) => r.confirmed);
      const last = seen.map((r) => Math.max(r.lastCanary, r.confirmed));
      return {
        name: way.name,
        confirmed: { median: at(0.5, confirmed), p95: at(0.95, confirmed) },
        free: { median: at(0.5, last), p95: at(0.95, last), worst: at(1, last) },
        failed: seen.reduce((sum, r) => sum + r.failed, 0),
      };
    });
    console.log(
      `${version}; ${values.runs} rounds each, ${PER_SECOND} requests a second on open connections`,
    );
    console.log('milliseconds from the decision:         confirmed      no canary traffic    requests');
    console.log('                                       median    P95   median    P95  worst   lost');
    for (const { name, confirmed, free, failed } of rows)
      console.log(
        [
          name.padEnd(48).slice(0, 48),
          ...[confirmed.median, confirmed.p95, free.median, free.p95, free.worst].map((ms) =>
            ms.toFixed(1).padStart(7),
          ),
          String(failed).padStart(6),
        ].join(''),
      );
    const cluster = await kubernetesRounds(Number(values.runs));
    const kubernetes = cluster && {
      back: { median: at(0.5, cluster.back), p95: at(0.95, cluster.back), worst: at(1, cluster.back) },
      read: { median: at(0.5, cluster.read), p95: at(0.95, cluster.read) },
    };
    console.log(
      kubernetes
        ? `${'rollback: HTTPRoute, state and share in one write'.padEnd(48)}${[kubernetes.back.median, kubernetes.back.p95].map((ms) => ms.toFixed(1).padStart(7)).join('')}    (a single read: ${kubernetes.read.median} and ${kubernetes.read.p95})`
        : 'no Kubernetes API: Go 1.25 or newer is needed to build its server',
    );
    if (values.json)
      console.log(
        JSON.stringify({ haproxy: version, rounds: Number(values.runs), bar: 2000, rows, kubernetes }),
      );
  } finally {
    await gateway.stop();
  }
}
