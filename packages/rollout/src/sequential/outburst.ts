import { isUnusual } from './bursts.ts';
import type { Block, GuardEvidence, Outburst } from './guard-evidence.ts';

/** ln of the evidence at which an outburst has ended. */
const ENDED = Math.log(100);

/** The guard after one more block; `longest` is how many blocks a burst may last. */
export function doubted(
  before: GuardEvidence,
  after: GuardEvidence,
  { live, candidate }: Block,
  longest: number,
): GuardEvidence {
  const usual = (after.live.events + 0.5) / Math.max(1, after.live.requests);
  const { outburst } = before;
  if (!outburst) {
    const calm = { ...after, settled: before.settled + 1 };
    if (isUnusual(live, usual) || !anyUnusual(after.recent, usual, Math.min(longest, calm.settled)))
      return calm;
    const begun: Outburst = {
      before: { swap: before.swap, limit: before.limit },
      blocks: 1,
      requests: candidate.requests,
      events: candidate.events,
      over: 0,
    };
    return { ...after, outburst: begun };
  }
  const share = outburst.events / outburst.requests;
  const less = candidate.requests * (share - usual) - candidate.events * Math.log(share / usual);
  const over = Math.max(0, outburst.over + less);
  if (share <= usual || over >= ENDED)
    return { ...after, ...since(outburst.before, after), outburst: null, settled: 0 };
  const grown: Outburst = {
    before: outburst.before,
    blocks: outburst.blocks + 1,
    requests: outburst.requests + candidate.requests,
    events: outburst.events + candidate.events,
    over,
  };
  if (!grown.before || grown.blocks <= longest) return { ...after, outburst: grown };
  return { ...after, ...since(grown.before, after), outburst: { ...grown, before: null } };
}

/** Whether the newest blocks, however many of them up to `longest`, hold more events than the usual share explains. */
function anyUnusual(recent: readonly Block[], usual: number, longest: number): boolean {
  let [requests, events] = [0, 0];
  for (let i = recent.length - 1; i >= Math.max(0, recent.length - longest); i--) {
    const { candidate } = recent[i] as Block;
    requests += candidate.requests;
    events += candidate.events;
    if (candidate.events > 0 && isUnusual({ requests, events }, usual)) return true;
  }
  return false;
}

/** Evidence from before, as if the blocks since then had said nothing. */
function since(before: Outburst['before'], after: GuardEvidence): Pick<GuardEvidence, 'swap' | 'limit'> {
  if (!before) return { swap: after.swap, limit: after.limit };
  return {
    swap: { ...before.swap, blocks: after.swap.blocks },
    limit: { ...before.limit, blocks: after.limit.blocks },
  };
}

/** Whether what is seen may still be a burst, so that nothing is concluded from it. */
export const inDoubt = ({ outburst }: GuardEvidence): boolean =>
  outburst !== null && outburst.before !== null;
