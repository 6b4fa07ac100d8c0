import { createHmac, randomBytes } from 'node:crypto';

/** What is kept of a text. */
export type Keep = 'nothing' | 'hashed' | 'text';

/** Turns texts into what may be kept of them. */
export type Keeper = (text: string | undefined) => string | undefined;

/**
 * `hashed`: HMAC-SHA256, so that equal texts of one rollout are equal and nobody without the key can try out guesses; the salt makes
 * them differ between rollouts. Without a key one is drawn for this call alone, and nothing can be joined later.
 *
 * Source: RFC 2104.
 */
export function keeper(keep: Keep, salt: string, key: string | undefined): Keeper {
  if (keep === 'nothing') return () => undefined;
  if (keep === 'text') return (text) => text;
  const secret = key ? Buffer.from(key) : randomBytes(32);
  return (text) =>
    text === undefined
      ? undefined
      : `hmac-sha256:${createHmac('sha256', secret).update(`${salt}\0${text}`).digest('hex')}`;
}
