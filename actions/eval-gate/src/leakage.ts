import { resolve } from 'node:path';
import { findLeakage, type GatesDocument, type Leakage, type Results } from '@sluice/evaluation';

/** Looks for the candidate's items in the training data that the gates name: few gates do, so it is loaded where one does. */
export function leakageOf(
  candidate: Results,
  asked: NonNullable<GatesDocument['leakage']>,
  workspace: string,
): Promise<Leakage> {
  return findLeakage(candidate, resolve(workspace, asked.train), asked);
}
