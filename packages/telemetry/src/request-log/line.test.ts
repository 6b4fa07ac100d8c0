import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequest } from './line.ts';

const fields = {
  time: '2026-11-21T10:00:00.250Z',
  model_version: 'qwen-v1.1.0',
  request_id: 'r-1',
  latency: 812.5,
  ttft: 90,
  tokens: 31,
  prompt: 'Where is Paris?',
  response: 'In France.',
  user_id: 'u-7',
  finish_reason: 'stop',
};
const line = (more: object = {}): string => JSON.stringify({ ...fields, ...more });
const schema = JSON.parse(
  readFileSync(new URL('../../request-log.schema.json', import.meta.url), 'utf8'),
) as object;
const valid = new Ajv({ strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT/ } }).compile(schema);

describe('a line of the request log', () => {
  it('is a request', () => {
    expect(valid(fields)).toBe(true);
    expect(parseRequest(`INFO serve ${line()}`)).toEqual({
      time: Date.parse(fields.time),
      version: 'qwen-v1.1.0',
      requestId: 'r-1',
      userId: 'u-7',
      latency: 812.5,
      first: 90,
      tokens: 31,
      prompt: 'Where is Paris?',
      response: 'In France.',
      outcome: 'answered',
      invalid: false,
    });
  });

  it.each([
    [{ time: 1_795_200_000.5 }, 1_795_200_000_500],
    [{ time: 1_795_200_000_500 }, 1_795_200_000_500],
    [{ time: undefined, timestamp: '2026-11-21T11:00:00+01:00' }, Date.parse('2026-11-21T10:00:00Z')],
    [{ time: undefined, '@timestamp': '2026-11-21T10:00:00Z' }, Date.parse('2026-11-21T10:00:00Z')],
  ])('has its time from %j', (more, time) => expect(parseRequest(line(more))).toMatchObject({ time }));

  it.each([
    ['started', 'foreign'],
    ['', 'foreign'],
    ['{"level":"info"}', 'foreign'],
    [line().slice(0, 90), 'garbled'],
    [line({ model_version: undefined }), 'no version'],
    [line({ model_version: '' }), 'no version'],
    [line({ time: 'yesterday' }), 'no time'],
    [line({ time: undefined }), 'no time'],
    [line({ time: 5 }), 'no time'],
  ])('%j is %s', (text, why) => expect(parseRequest(text)).toBe(why));

  it.each([
    [{ status: 500 }, 'error', undefined],
    [{ finish_reason: 'error' }, 'error', undefined],
    [{ status: 499 }, 'aborted', undefined],
    [{ finish_reason: 'abort' }, 'aborted', undefined],
    [{ response: ' \n' }, 'answered', true],
    [{ response: '', finish_reason: 'tool_calls' }, 'answered', false],
    [{ finish_reason: 'length' }, 'answered', true],
    [{ finish_reason: 'content_filter' }, 'answered', true],
    [{ flagged: true }, 'answered', true],
    [{ response: undefined, response_characters: 0 }, 'answered', true],
    [{ response: undefined, response_characters: 9 }, 'answered', false],
    [{ response: undefined, finish_reason: undefined }, 'answered', undefined],
  ])('%j: %s, invalid %s', (more, outcome, invalid) =>
    expect(parseRequest(line(more))).toMatchObject({ outcome, invalid }),
  );

  it("asks what a chat's last user message asked", () => {
    const prompt = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'First?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: '然后呢？' },
    ];
    expect(parseRequest(line({ prompt }))).toMatchObject({ prompt: '然后呢？' });
    expect(parseRequest(line({ prompt: [{ role: 'user', content: [{ type: 'image' }] }] }))).toMatchObject({
      prompt: undefined,
    });
  });

  it('of any text or JSON never throws, and is a request only where the schema has what it needs', () => {
    const maybe = fc.record(
      {
        ...Object.fromEntries(Object.keys(fields).map((key) => [key, fc.jsonValue()])),
        model_version: fc.oneof(fc.constant('v1'), fc.jsonValue()),
        time: fc.oneof(fc.constant(1.7e12), fc.constant('2026-11-21T10:00:00Z'), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          maybe.map((x) => JSON.stringify(x)),
        ),
        (text) => {
          const request = parseRequest(text);
          if (typeof request !== 'string') {
            expect(request.time).toBeGreaterThan(1e12);
            expect(request.version).not.toBe('');
          }
        },
      ),
    );
    fc.assert(
      fc.property(maybe, (given) => {
        if (valid(given) && !/^-/.test(String(given.time)))
          expect(['string', 'object']).toContain(typeof parseRequest(JSON.stringify(given)));
      }),
    );
  });
});
