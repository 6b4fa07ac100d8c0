/** One server-sent event. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Reads an event stream in whatever chunks it arrives (WHATWG HTML, section 9.2.6): lines end with CR, LF or CRLF, also
 * when the two fall into different chunks. Unlike a browser, `end` gives out an event that lacks its empty line:
 * servers are seen to close right after `data: [DONE]`.
 */
export class SseParser {
  #rest = '';
  #data: string[] = [];
  #event = '';
  #started = false;

  push(text: string): ServerSentEvent[] {
    if (text === '') return [];
    let input = this.#rest + text;
    if (!this.#started) {
      if (input.startsWith('\ufeff')) input = input.slice(1);
      this.#started = true;
    }
    const lines = input.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line));
  }

  /** The stream has ended. */
  end(): ServerSentEvent[] {
    const rest = this.#rest.replace(/\r$/, '');
    this.#rest = '';
    return [...(rest === '' ? [] : this.#line(rest)), ...this.#line('')];
  }

  #line(line: string): ServerSentEvent[] {
    if (line === '') {
      const event = { event: this.#event || 'message', data: this.#data.join('\n') };
      const has = this.#data.length > 0;
      this.#data = [];
      this.#event = '';
      return has ? [event] : [];
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    return [];
  }
}
