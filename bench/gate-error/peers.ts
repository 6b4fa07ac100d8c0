import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/contract';
import { type PythonEnvironment, pythonEnvironment, run } from '@sluice/process';
import type { Decision } from './decision.ts';
import type { PairedOutcome, PairedSharesRule } from './paired-shares.ts';

const PROGRAM = fileURLToPath(new URL('./peers.py', import.meta.url));

/** Published gates that install from the package index, at the versions that were measured. */
const PEERS = [
  { peer: 'statgate', requirement: 'statgate==0.1.1', name: 'statgate 0.1.1, run' },
  { peer: 'evalsig', requirement: 'evalsig==0.1.2', name: 'EVALSIG 0.1.2 (asks for better), run' },
  { peer: 'deltagate', requirement: 'deltagate==0.1.1', name: 'deltagate 0.1.1 (asks for better), run' },
] as const;

/** Installs the peers and gives them as rules; only one where it is named. */
export async function installPeers(
  log: (line: string) => void,
  only: string | undefined,
): Promise<PairedSharesRule[]> {
  if (only !== undefined && !PEERS.some(({ peer }) => peer === only)) {
    throw new UserError(`--peer is '${only}'; there are ${PEERS.map(({ peer }) => peer).join(', ')}`);
  }
  const environment = await pythonEnvironment({
    name: 'gate-error peers',
    requirements: PEERS.map(({ requirement }) => requirement),
    log,
  });
  return PEERS.filter(({ peer }) => only === undefined || peer === only).map(({ peer, name }) => ({
    name,
    decide: async (outcomes, { margin }) => {
      const byPairs = new Map(outcomes.map((outcome) => [pairsKey(outcome), outcome]));
      const decisions = await ask(environment, peer, margin, [...byPairs.values()]);
      const known = new Map([...byPairs.keys()].map((key, i) => [key, decisions[i] as Decision]));
      return outcomes.map((outcome) => known.get(pairsKey(outcome)) as Decision);
    },
  }));
}

/** No peer looks at the pairs that agree: one outcome stands for all with the same discordant pairs. */
function pairsKey({ gains, losses }: PairedOutcome): string {
  return `${gains}/${losses}`;
}

async function ask(
  environment: PythonEnvironment,
  peer: string,
  margin: number,
  outcomes: readonly PairedOutcome[],
): Promise<Decision[]> {
  const rows = outcomes.map(({ items, gains, losses, bothRight }) => [items, gains, losses, bothRight]);
  const result = await run([environment.python, PROGRAM], {
    env: environment.env,
    stdin: JSON.stringify({ peer, margin, outcomes: rows }),
  });
  if (result.code !== 0) throw new Error(`${peer} ended with ${result.code}:\n${result.tail.join('\n')}`);
  return JSON.parse(result.stdout) as Decision[];
}
