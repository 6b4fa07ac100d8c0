type Numbers =
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/**
 * The numbers of an array that is its whole buffer, in one of another length: zeros behind them, or the end cut off. The old
 * array is given up and its memory is free at once; that of one that is merely dropped waits for a collection, and the
 * collector sees nothing of it in its own heap that would make it hurry.
 */
export function grown<T extends Numbers>(array: T, length: number): T {
  const buffer = array.buffer.transfer(length * array.BYTES_PER_ELEMENT);
  return new (array.constructor as new (buffer: ArrayBuffer) => T)(buffer);
}

/** Gives up an array that is not read again. */
export function dropped(array: Numbers): void {
  array.buffer.transfer(0);
}
