import { type Percent, quote, UserError } from '@sluice/contract';

/** A weight in hundredths of a percent. @throws UserError where it is no multiple of 0.01 in [0, 100] */
export function basisPoints(percent: Percent): number {
  const points = Math.round(percent * 100);
  if (!(points >= 0 && points <= 10_000) || Math.abs(points - percent * 100) > 1e-6)
    throw new UserError(`A weight is 0 to 100 percent with at most 2 decimals; given: ${percent}.`);
  return points;
}

/** @throws UserError where a salt could be taken for anything but a word in a configuration */
export function checkSalt(salt: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(salt))
    throw new UserError(`A salt is 1 to 64 letters, digits, _ or -; given: ${quote(salt)}.`);
}

/** @throws UserError where a new salt would move users between the versions */
export function checkNotSplit(weight: Percent, now: string, wanted: string): void {
  if (weight > 0 && weight < 100)
    throw new UserError(
      `The salt cannot change from ${quote(now)} to ${quote(wanted)} while ${weight} % of the users are in slot canary: it would move them between the versions. Set the weight to 0 first.`,
    );
}
