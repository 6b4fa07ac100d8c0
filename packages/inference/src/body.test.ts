import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorText, readBody } from './body.ts';
import { apiBase, onlyModel } from './index.ts';
import { estimateTokens } from './tokens.ts';

describe('apiBase', () => {
  it.each([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/v1'],
    ['http://h:1/v1/', 'http://h:1/v1'],
    ['http://h:1/v1/chat/completions', 'http://h:1/v1'],
    ['https://h/openai', 'https://h/openai/v1'],
    ['https://h/v1beta/openai/', 'https://h/v1beta/openai'],
    ['https://h/compatible-mode/v1', 'https://h/compatible-mode/v1'],
  ])('%s -> %s', (given, base) => {
    expect(apiBase(given)).toBe(base);
  });
});

describe('readBody', () => {
  it('reads whole answers, chunks, thoughts, tool calls', () => {
    const text = (value: unknown) => readBody(JSON.stringify(value)).text;
    expect(text({ choices: [{ message: { content: 'a' } }] })).toBe('a');
    expect(text({ choices: [{ delta: { content: 'a', reasoning_content: null } }] })).toBe('a');
    expect(text({ choices: [{ delta: { reasoning: 'hm' } }] })).toBe('hm');
    expect(text({ choices: [{ message: { content: null, tool_calls: [{ id: '1' }] } }] })).toBe(
      '[{"id":"1"}]',
    );
    expect(text({ choices: [] })).toBe('');
    expect(text({ id: 'x' })).toBeUndefined();
  });

  it('takes tokens and reasons only where they are what they should be', () => {
    const body = readBody(
      '{"choices":[{"finish_reason":7}],"usage":{"completion_tokens":"many"},"model":{}}',
    );
    expect(body).toMatchObject({ outputTokens: undefined, finishReason: undefined, model: undefined });
  });

  it('throws only SyntaxError, whatever JSON arrives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          readBody(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
    for (const choices of [[null], [7], [[]], [{ delta: 5 }], [{ message: [] }], {}, 'x'])
      expect(() => readBody(JSON.stringify({ choices }))).not.toThrow();
  });
});

describe('errorText', () => {
  it('finds the sentence in the usual forms', () => {
    expect(errorText('{"error":{"message":"no such model","type":"x"}}')).toBe('no such model');
    expect(errorText('{"detail":[{"msg":"bad"}]}')).toBe('[{"msg":"bad"}]');
    expect(errorText('Internal\n  Server Error')).toBe('Internal Server Error');
  });
});

describe('onlyModel', () => {
  it('takes the only one, or the only adapter beside its base', () => {
    expect(onlyModel([{ id: 'a' }])).toEqual({ id: 'a' });
    expect(onlyModel([{ id: 'base' }, { id: 'lora', parent: 'base' }])).toEqual({ id: 'lora' });
    expect(onlyModel([{ id: 'a' }, { id: 'b' }])).toEqual({
      problem: 'the server lists several models (a, b)',
    });
    expect(onlyModel([])).toEqual({ problem: 'the server lists no model' });
  });
});

describe('estimateTokens', () => {
  it('counts East Asian characters singly', () => {
    expect([
      estimateTokens(''),
      estimateTokens('a'),
      estimateTokens('eight ch'),
      estimateTokens('什么是'),
    ]).toEqual([0, 1, 2, 3]);
  });
});
