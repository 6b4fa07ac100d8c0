import { createHmac } from 'node:crypto';

/**
 * Names, sides and order that nobody can tell without the secret: an HMAC-SHA-256 of what is named. The secret is drawn
 * for each sample and thrown away; which side is which is kept in the key alone.
 */
export class Blind {
  private readonly secret: Uint8Array;

  constructor(secret: Uint8Array) {
    if (secret.length < 16) throw new RangeError('a secret of 16 bytes at least is needed');
    this.secret = secret;
  }

  /** 64 hex digits. */
  token(...parts: readonly string[]): string {
    return createHmac('sha256', this.secret).update(JSON.stringify(parts)).digest('hex');
  }

  /** A fair coin for one item. */
  coin(...parts: readonly string[]): boolean {
    return Number.parseInt(this.token('side', ...parts).slice(0, 2), 16) % 2 === 1;
  }
}
