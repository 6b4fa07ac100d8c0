import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/contract';
import { type PythonEnvironment, pythonEnvironment, run } from '@sluice/process';
import type { Decision } from './decision.ts';
import { withMlflow } from './mlflow-environment.ts';
import type { PairedOutcome, PairedSharesRule } from './paired-shares.ts';

const PROGRAM = fileURLToPath(new URL('./peers.py', import.meta.url));

/** A published gate, at the version that was measured. */
interface Peer {
  readonly peer: string;
  readonly name: string;
  readonly requirements: readonly string[];
  /** What it can be asked: whether the candidate is better, or whether it is no worse than a margin. */
  readonly asks: 'better' | 'margin';
  /** Items of the largest cell that it is asked in: some run whole suites, and take seconds for each outcome. */
  readonly largest: number;
  /** Whether its answer depends on the pairs that agree. */
  readonly allPairs?: boolean;
}

const SMALL = ['statgate==0.1.1', 'evalsig==0.1.2', 'deltagate==0.1.1'];
const TFMA = ['tensorflow-model-analysis==0.52.0', 'apache-beam==2.77.0', 'tensorflow==2.21.0'];
const MULTIVON = ['multivon-eval==0.20.0', 'PyYAML'];
const ACTION = 'multivon-action';

const PEERS: readonly Peer[] = [
  { peer: 'statgate', name: 'statgate 0.1.1, run', requirements: SMALL, asks: 'margin', largest: 1000 },
  { peer: 'evalsig', name: 'EVALSIG 0.1.2, run', requirements: SMALL, asks: 'better', largest: 1000 },
  { peer: 'deltagate', name: 'deltagate 0.1.1, run', requirements: SMALL, asks: 'better', largest: 1000 },
  {
    peer: 'mlflow',
    name: 'MLflow 3.18.0 assert_improved, run',
    requirements: [],
    asks: 'better',
    largest: 200,
  },
  {
    peer: 'mlflow-interval',
    name: 'MLflow 3.18.0, its interval against the margin, run',
    requirements: [],
    asks: 'margin',
    largest: 200,
  },
  {
    peer: 'tfma',
    name: 'TFMA 0.52.0 change_threshold, run',
    requirements: TFMA,
    asks: 'margin',
    largest: 200,
  },
  {
    peer: 'multivon',
    name: 'multivon-eval 0.20.0 --fail-on-regression, run',
    requirements: MULTIVON,
    asks: 'better',
    largest: 100,
  },
  {
    peer: ACTION,
    name: 'multivon eval-action, fail-on PR_FIX_THEN_MERGE, run',
    requirements: MULTIVON,
    asks: 'margin',
    largest: 100,
    allPairs: true,
  },
];

export interface PeersAsked {
  /** Only this one. */
  readonly only: string | undefined;
  /** A checkout of multivon-ai/eval-action, which is on no package index; without it, it is left out. */
  readonly evalAction: string | undefined;
}

/** A peer as a rule, with what it can be asked. */
export type PeerRule = PairedSharesRule & Pick<Peer, 'asks'>;

/** Installs the peers and gives them as rules. */
export async function installPeers(
  log: (line: string) => void,
  { only, evalAction }: PeersAsked,
): Promise<PeerRule[]> {
  if (only !== undefined && !PEERS.some(({ peer }) => peer === only)) {
    throw new UserError(`--peer is '${only}'; there are ${PEERS.map(({ peer }) => peer).join(', ')}`);
  }
  if (only === ACTION && evalAction === undefined) {
    throw new UserError(`--peer ${ACTION} needs --eval-action with the folder of a checkout`);
  }
  const asked = PEERS.filter(({ peer }) => only === undefined || peer === only);
  const rules: PeerRule[] = [];
  for (const peer of asked.filter((one) => one.peer !== ACTION || evalAction !== undefined)) {
    try {
      rules.push(ruleOf(peer, await environmentOf(peer, log), evalAction));
    } catch (error) {
      if (only !== undefined) throw error;
      log(`${peer.name} is left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  return rules;
}

async function environmentOf(
  { peer, requirements }: Peer,
  log: (line: string) => void,
): Promise<PythonEnvironment> {
  if (peer.startsWith('mlflow')) return withMlflow(log);
  return pythonEnvironment({ name: `gate-error ${peer}`, requirements, log });
}

function ruleOf(peer: Peer, environment: PythonEnvironment, evalAction: string | undefined): PeerRule {
  const keyOf = ({ gains, losses, bothRight }: PairedOutcome): string =>
    `${gains}/${losses}${peer.allPairs ? `/${bothRight}` : ''}`;
  return {
    name: peer.name,
    asks: peer.asks,
    largest: peer.largest,
    decide: async (outcomes, { margin }) => {
      const distinct = new Map(outcomes.map((outcome) => [keyOf(outcome), outcome]));
      const decisions = await ask(environment, peer.peer, margin, evalAction, [...distinct.values()]);
      const known = new Map([...distinct.keys()].map((key, i) => [key, decisions[i] as Decision]));
      return outcomes.map((outcome) => known.get(keyOf(outcome)) as Decision);
    },
  };
}

async function ask(
  environment: PythonEnvironment,
  peer: string,
  margin: number,
  evalAction: string | undefined,
  outcomes: readonly PairedOutcome[],
): Promise<Decision[]> {
  const rows = outcomes.map(({ items, gains, losses, bothRight }) => [items, gains, losses, bothRight]);
  const checkout = evalAction === undefined ? null : resolve(evalAction);
  const result = await run([environment.python, PROGRAM], {
    env: environment.env,
    stdin: JSON.stringify({ peer, margin, checkout, outcomes: rows }),
  });
  if (result.code !== 0) throw new Error(`${peer} ended with ${result.code}:\n${result.tail.join('\n')}`);
  return JSON.parse(result.stdout) as Decision[];
}
