const SHOWN_INSTEAD = '***';

/** A line of a secret of several lines that is this short holds no secret; cutting it out would spoil every text. */
const shortestLine = 4;

/**
 * The texts that must never be shown, with the forms in which tools print them: base64 (also inside a longer base64
 * text, as in a Basic header), percent-encoded as in a URL's user part, and escaped as in JSON.
 */
export class Secrets {
  readonly #forms = new Set<string>();
  #sorted: readonly string[] = [];

  /** Adds a secret; returns the plain lines of it that were not known yet. */
  add(secret: string): string[] {
    const lines = secret.split(/\r\n|\r|\n/);
    const plain = lines.length === 1 ? lines : lines.filter((line) => line.trim().length >= shortestLine);
    const fresh = plain.filter((line) => line.trim() !== '' && !this.#forms.has(line));
    for (const text of lines.length > 1 ? [...fresh, secret] : fresh)
      for (const form of formsOf(text)) this.#forms.add(form);
    this.#sorted = [...this.#forms].sort((a, b) => b.length - a.length);
    return fresh;
  }

  /** Every form, the longest first. */
  get forms(): readonly string[] {
    return this.#sorted;
  }

  /** The text with every secret, and the user part of every URL, cut out. */
  cut(text: string): string {
    let safe = text;
    for (const form of this.#sorted) safe = safe.replaceAll(form, SHOWN_INSTEAD);
    return safe.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*:[^\s/@"'<>]*@/gi, `$1${SHOWN_INSTEAD}@`);
  }
}

function formsOf(text: string): string[] {
  const forms = [text];
  // encodings of a very short text are ordinary letters
  if (text.length >= shortestLine)
    forms.push(percentEncoded(text), JSON.stringify(text).slice(1, -1), ...base64Forms(text));
  return forms.filter((form) => form !== '');
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text; // half a surrogate pair has no such form
  }
}

/** The base64 of the bytes at each of the three places where they can begin in a longer text, without the uncertain ends. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const begin = offset === 0 ? 0 : offset + 1;
    // the last letter depends on what follows unless the bytes end at a border of three
    const end = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    const inner = encoded.slice(begin, end);
    return inner.length < shortestLine ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
