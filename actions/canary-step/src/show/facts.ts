import { duration, type Inputs, inWords } from '@sluice/contract';
import type { Facts } from '@sluice/report';
import { parsePlan, type Rollout, soaked } from '@sluice/rollout';
import type { definition } from '../definition.ts';

type In = Inputs<(typeof definition)['inputs']>;

export const at = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** A moment as a clock has it, and how far off it is. */
const ahead = (ms: number, now: number) =>
  ms <= now ? `${at(ms)}, now` : `in ${inWords(ms - now)} (${at(ms)})`;

/** Which rollout, where it stands, and when to look next. */
export function factsOf(rollout: Rollout | null, inputs: In, nextCheck: number | null, now: number): Facts {
  const facts: [string, string][] = [['target', inputs.target]];
  if (rollout) {
    const plan = parsePlan(rollout.plan);
    const stage = plan[rollout.stage];
    facts.push(
      ['run', rollout.runId],
      ['version', rollout.version],
      ['image', rollout.image],
      ['share of users', `${rollout.weight} %`],
      ...Object.entries(rollout.segments ?? {}).map(
        ([header, values]) => [`only ${header}`, values.join(', ')] as [string, string],
      ),
      [
        'stage',
        stage
          ? `${rollout.stage + 1} of ${plan.length}: ${stage.percent} %, soaked ${inWords(Math.min(soaked(rollout), stage.soakMs))} of ${inWords(stage.soakMs)}`
          : `none of ${plan.length} begun`,
      ],
      ['requests served by the new version', String(rollout.exposed)],
      ['policy', `${rollout.policy.kind}, ${rollout.policyDigest}`],
    );
    if (rollout.promotedAt !== null && rollout.phase === 'complete')
      facts.push([
        'old slot stays warm',
        ahead(rollout.promotedAt + inputs['keep-old'], now).replace(/^in /, 'for '),
      ]);
    if (rollout.phase === 'watched')
      facts.push([
        'watched',
        ahead((rollout.promotedAt as number) + duration.parse(rollout.policy.watch), now).replace(
          /^in /,
          'for ',
        ),
      ]);
  }
  facts.push(['next look', nextCheck === null ? 'none' : ahead(nextCheck, now)]);
  return { type: 'facts', facts };
}
