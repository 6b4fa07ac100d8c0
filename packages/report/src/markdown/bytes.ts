/** Bytes of a text in UTF-8, which is what hosts count. */
export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');
