import { SystemError, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  documentDigest,
  newLedger,
  type OnlineEvaluation,
  openScorers,
  parseOnlineEvaluation,
} from '@sluice/online-evaluation';
import type { Policy } from '@sluice/rollout';
import type { In, Scene } from '../scene.ts';
import { ledgerPlace } from './ledger-place.ts';
import { requestLog } from './request-log.ts';

/** The document that this call gives, read and checked; undefined: none. */
export async function givenOnline(inputs: In, host: Host): Promise<OnlineEvaluation | undefined> {
  const given = inputs['online-evaluation'];
  if (given === undefined) return undefined;
  const { text, name } = await host.document(given, { input: 'online-evaluation', decides: true });
  return parseOnlineEvaluation(text, name);
}

/** Digest of the document that this call gives. */
export async function givenDigest(inputs: In, host: Host): Promise<string | undefined> {
  const document = await givenOnline(inputs, host);
  return document && documentDigest(document);
}

/**
 * What a rollout cannot be begun without is looked at before it is: the log's name, the scorers' files, patterns and keys, and that the
 * policy judges scores that somebody gives.
 */
export async function checkOnline(inputs: In, policy: Policy, source: string, host: Host): Promise<void> {
  const document = await givenOnline(inputs, host);
  const judged = Object.keys((policy.kind === 'sequential' && policy.scores) || {});
  const names = document?.scorers.map(({ name }) => name) ?? [];
  const unknown = judged.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UserError(
      `the policy judges the scores of '${unknown}', and ${document ? `online-evaluation has no scorer of that name (it has ${names.join(', ')})` : 'there is no online-evaluation that gives any'}.`,
    );
  if (!document) return;
  const idle = names.filter((name) => !judged.includes(name));
  if (idle.length > 0)
    host.log.info(
      `the scores of ${idle.join(', ')} are shown and judge nothing: the policy (kind: sequential) has no key scores for them`,
    );
  requestLog(document, source, host.workspace);
  await openScorers(document, host);
}

/** Leaves the document where the ticks of this run find it, since they are given their target alone. */
export async function keepOnline(scene: Scene, runId: string): Promise<void> {
  const document = await givenOnline(scene.inputs, scene.host);
  if (!document) return;
  const place = ledgerPlace(scene, runId);
  for (let attempt = 0; attempt < 3; attempt++)
    if (await place.write(newLedger(document), (await place.read())?.seen)) return;
  throw new SystemError(`${place.where} was changed by somebody else three times in a row.`);
}
