import type { Decision, Digest } from '@sluice/contract';
import { type Identity, type Places, subjectsOf } from './identity.ts';
import { type Maker, OWN, written } from './maker.ts';
import { STATEMENT_TYPE, type Statement } from './statement.ts';

/** What joins commit, data, hyperparameters, evaluation and decision to one run; no public predicate does. */
export const LLM_RUN = `${OWN}:attestation:llm-run:v1`;

export interface LlmRun {
  readonly run_id: string;
  readonly contract: { readonly name: 'sluice'; readonly version: 1 };
  readonly at: string;
  readonly maker: Maker;
  readonly source: { readonly commit?: string; readonly dirty: boolean };
  readonly data: readonly { readonly name: string; readonly version: string; readonly digest: Digest }[];
  readonly hyperparameters: {
    readonly digest: Digest;
    readonly values: Readonly<Record<string, string | number | boolean>>;
  };
  readonly model: { readonly digest: Digest; readonly format: 'safetensors' };
  readonly eval: readonly {
    readonly suite: string;
    readonly dataset_digest?: Digest;
    readonly metrics: Readonly<Record<string, number>>;
    readonly samples: number;
    readonly verdict: Decision;
  }[];
  readonly decision?: {
    readonly state: Decision;
    readonly reasons: readonly string[];
    readonly policy_digest: Digest;
  };
  /** Runs whose bytes this one took over. Their decisions are not inherited. */
  readonly parents: readonly string[];
  readonly links: Readonly<Record<string, string>>;
}

export function runStatement(
  run: Omit<LlmRun, 'contract' | 'at' | 'run_id'> & {
    readonly runId: string;
    readonly identity: Identity;
    readonly places?: Places;
    readonly finishedAt: Date;
  },
): Statement<LlmRun> {
  const { runId, identity, places, finishedAt, ...rest } = run;
  return {
    _type: STATEMENT_TYPE,
    subject: subjectsOf(identity, places),
    predicateType: LLM_RUN,
    predicate: { ...rest, run_id: runId, contract: { name: 'sluice', version: 1 }, at: written(finishedAt) },
  };
}
