/** Which documents of a filter had their row already, in one bit each: `doc_id` is the position in the data set. */
export class SeenDocuments {
  private readonly bits = new Map<string, Uint8Array>();

  /** Whether the document is there for the first time. An id that is no position is not looked at. */
  first(filter: string, id: unknown): boolean {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= 2 ** 33) return true;
    const byte = Math.floor(id / 8);
    let bits = this.bits.get(filter) ?? new Uint8Array(1024);
    if (byte >= bits.length) {
      const grown = new Uint8Array(Math.max(byte + 1, 2 * bits.length));
      grown.set(bits);
      bits = grown;
    }
    this.bits.set(filter, bits);
    const bit = 1 << (id % 8);
    const before = bits[byte] as number;
    bits[byte] = before | bit;
    return (before & bit) === 0;
  }
}
