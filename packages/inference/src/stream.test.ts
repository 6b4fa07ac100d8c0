import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadAnswer } from './failure.ts';
import { readStream } from './stream.ts';

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

/** A response whose body arrives in pieces of the given sizes, whatever they tear apart; each piece a millisecond after the last. */
async function read(text: string, cuts: readonly number[], type = 'text/event-stream') {
  const bytes = new TextEncoder().encode(text);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of cuts) {
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  pieces.push(bytes.slice(at));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
  let now = 0;
  return readStream(new Response(body, { headers: { 'content-type': type } }), () => ++now);
}

describe('readStream', () => {
  const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });

  it('reads the same answer however the network cuts it, with times in order', async () => {
    await fc.assert(
      fc.asyncProperty(words, cuts, async (list, sizes) => {
        fc.pre(list.join('').trim() !== '');
        const answer = await read(`${list.map(chunk).join('')}data: [DONE]\n\n`, sizes);
        expect(answer.text).toBe(list.join(''));
        expect(answer.outputTokens).toBe(list.length);
        expect(answer.ttftMs).toBeGreaterThan(0);
        expect(answer.latencyMs).toBeGreaterThanOrEqual(answer.ttftMs as number);
        expect(answer.tpotMs === undefined).toBe(list.length < 2);
      }),
    );
  });

  it('never takes a stream that breaks off for an answer, wherever it breaks', async () => {
    await fc.assert(
      fc.asyncProperty(words, fc.double({ min: 0, max: 0.999, noNaN: true }), async (list, share) => {
        const whole = list.map(chunk).join('');
        const part = whole.slice(0, Math.floor(whole.length * share));
        await expect(read(part, [])).rejects.toBeInstanceOf(BadAnswer);
      }),
    );
  });

  it('takes a reason to finish for an end, as servers without [DONE] mean it', async () => {
    const finish = 'data: {"choices":[{"delta":{},"finish_reason":"length"}]}\n\n';
    expect(await read(chunk('a') + finish, [])).toMatchObject({ text: 'a', finishReason: 'length' });
  });

  it('believes the tokens that the server counts', async () => {
    const usage = 'data: {"choices":[],"usage":{"completion_tokens":9}}\n\ndata: [DONE]\n\n';
    expect(await read(chunk('a') + chunk('b') + usage, [])).toMatchObject({
      outputTokens: 9,
      tokensFrom: 'usage',
    });
  });
});
