import type { Percent } from '@sluice/contract';

/** How NGINX splits users: the whole of the file that the driver owns. */
export interface Split {
  readonly weight: Percent;
  readonly salt: string;
  /** Upstream groups (or addresses) of the slots. */
  readonly stable: string;
  readonly canary: string;
}

/**
 * The split as NGINX reads it, inside `http`. `split_clients` hashes the user (MurmurHash2) and gives the first ranges to
 * the canary, so a growing share moves nobody back.
 */
export function splitFile(split: Split): string {
  const { weight, salt, stable, canary } = split;
  // NGINX refuses a share of 0 %, and 100 % beside anything else
  const ranges =
    weight === 0
      ? [`  * ${stable};`]
      : weight === 100
        ? [`  * ${canary};`]
        : [`  ${weight.toFixed(2)}% ${canary};`, `  * ${stable};`];
  return [
    '# Written by Sluice; changes by hand are lost.',
    `split_clients "$sluice_user-${salt}" $sluice_slot {`,
    ...ranges,
    '}',
    `map "" $sluice_split { default "${weight} ${salt}"; }`,
    '',
  ].join('\n');
}

/** The weight and the salt that a running NGINX says, or undefined for any other text. */
export function saidSplit(text: string): { readonly weight: Percent; readonly salt: string } | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,2})?) ([A-Za-z0-9_-]{1,64})$/.exec(text.trim());
  const weight = Number(match?.[1]);
  if (!match || weight > 100) return undefined;
  return { weight, salt: match[2] as string };
}
