/** What a generator needs to go on later: four 32-bit words, plain JSON. */
export type GeneratorState = readonly [number, number, number, number];

function splitMix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/**
 * xoshiro128**: 2^128 - 1 numbers from an explicit seed, the same on every machine.
 *
 * Source: Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021).
 */
export class Generator {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  private constructor(state: GeneratorState) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** A generator from a whole-number seed of up to 53 bits. */
  static fromSeed(seed: number): Generator {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be a whole number, got ${seed}`);
    // The second stream starts from the first, so that every word of the state depends on every bit of the seed.
    const low = splitMix(seed);
    const both = splitMix(Math.floor(seed / 2 ** 32) ^ low());
    return new Generator([both() | 0, both() | 0, low() | 0, both() | 0 || 1]);
  }

  /** A generator that goes on where `state()` was read. */
  static fromState(state: GeneratorState): Generator {
    return new Generator(state);
  }

  state(): GeneratorState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  /** A whole number in [0, 2^32). */
  word(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** A number in (0, 1) with 53 random bits. */
  uniform(): number {
    return ((this.word() >>> 5) * 67108864 + (this.word() >>> 6) + 0.5) / 9007199254740992;
  }

  /** A whole number in [0, n), n up to 2^32; its bias is under n / 2^53. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
}
