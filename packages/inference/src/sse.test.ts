import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerSentEvent, SseParser } from './index.ts';

const all = (...chunks: string[]): ServerSentEvent[] => {
  const parser = new SseParser();
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
};
const data = (...chunks: string[]) => all(...chunks).map((event) => event.data);

describe('SseParser', () => {
  it('reads data, several lines of it, and the name of an event', () => {
    expect(all('event: ping\ndata: a\ndata:b\n\n: comment\nid: 7\nretry: 5\n\ndata\n\n')).toEqual([
      { event: 'ping', data: 'a\nb' },
      { event: 'message', data: '' },
    ]);
  });

  it('takes CR, LF and CRLF, also when a pair is torn apart', () => {
    expect(data('data: a\r', '\n\r', '\ndata: b\r\rdata: c\n\n')).toEqual(['a', 'b', 'c']);
  });

  it('gives out the last event without its empty line, and drops the byte order mark', () => {
    expect(data('\ufeffdata: a\n\ndata: [DONE]')).toEqual(['a', '[DONE]']);
  });

  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
  const events = fc.array(
    fc.record({
      data: fc.array(line, { minLength: 1, maxLength: 3 }),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      comment: fc.boolean(),
    }),
  );

  it('gives the same events however the bytes are cut', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat({ max: 40 })), (list, cuts) => {
        const text = list
          .map(
            (e) =>
              (e.comment ? `: keep-alive${e.end}` : '') +
              e.data.map((d) => `data: ${d}${e.end}`).join('') +
              e.end,
          )
          .join('');
        const bytes = new TextEncoder().encode(text);
        const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
        const chunks: string[] = [];
        let at = 0;
        for (const size of cuts) {
          chunks.push(utf8.decode(bytes.subarray(at, at + size), { stream: true }));
          at += size;
        }
        chunks.push(utf8.decode(bytes.subarray(at)));
        expect(data(...chunks)).toEqual(list.map((e) => e.data.join('\n')));
      }),
      { numRuns: 500 },
    );
  });
});
