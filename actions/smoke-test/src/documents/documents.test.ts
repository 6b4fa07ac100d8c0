import { readDocument } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { type AnswerCheck, answerChecks, assertChecks, shortfall } from './checks.ts';
import { loadPlan } from './load.ts';
import { readPrompts } from './prompts.ts';
import { startOf, startPlan } from './start.ts';

describe('start', () => {
  const read = (text: string) => startOf(readDocument(text, 'start', startPlan));

  it('is a command, or a map', () => {
    expect(read("[serve, --port, '{port}']").command).toEqual(['serve', '--port', '{port}']);
    expect(read('command: [serve]\nport: 8000\nmodel: toy')).toMatchObject({
      port: 8000,
      model: 'toy',
      'ready-timeout': '10m',
    });
    expect(read("command: [serve]\nenv: {PORT: '{port}'}").env).toEqual({ PORT: '{port}' });
  });

  it('is refused where nobody knows the port', () => {
    expect(() => read('[serve, --port, "8000"]')).toThrow(/write \{port\} where its port belongs/);
    expect(() => read('[]')).toThrow(/start:1:1/);
    expect(() => read('command: [serve]\nprot: 1')).toThrow(/start/);
  });
});

describe('checks', () => {
  const check = (rest: Partial<AnswerCheck>): AnswerCheck => ({ prompt: 'p', ...rest });

  it.each<[Partial<AnswerCheck>, string, string | undefined]>([
    [{ contains: 'paris' }, 'It is Paris.', undefined],
    [{ contains: ['Rome', 'Paris'] }, 'Paris', undefined],
    [{ contains: ['Rome', 'Bern'] }, 'Paris', 'holds none of: Rome, Bern'],
    [{ 'not-contains': 'sorry' }, 'Sorry, no', "holds 'sorry'"],
    [{ matches: '^\\d+$' }, '42', undefined],
    [{ matches: '^\\d+$' }, 'x', 'does not match ^\\d+$'],
    [{ json: true }, '```json\n{"a":1}\n```', undefined],
    [{ json: true }, '{"a":1', 'is not JSON'],
    [{ contains: '机器' }, '机器学习', undefined],
  ])('%o of %s: %s', (rest, answer, problem) => {
    expect(shortfall(check(rest), answer)).toBe(problem);
  });

  it('that ask for nothing, or for a broken expression, are refused', () => {
    expect(() => assertChecks([check({})], 'c.yaml')).toThrow(/c\.yaml: check 1 \('p'\) asks for nothing/);
    expect(() => assertChecks([check({ matches: '(' })], 'c.yaml')).toThrow(/check 1.*Unterminated group/);
    expect(() => readDocument('[{prompt: a, contain: b}]', 'c.yaml', answerChecks)).toThrow(
      /did you mean 'contains'/,
    );
  });
});

describe('load', () => {
  it('has a default and limits', () => {
    expect(readDocument('requests: 5', 'l', loadPlan)).toEqual({ requests: 5, concurrency: 1 });
    expect(() => readDocument('requests: 0', 'l', loadPlan)).toThrow(/l:1:11/);
  });
});

describe('prompts', () => {
  it('are lines, or a list', () => {
    expect(readPrompts('\ufeffHello\r\n\n 什么是机器学习？ \n', 'p.txt')).toEqual([
      'Hello',
      '什么是机器学习？',
    ]);
    expect(readPrompts('["a\\nb"]', 'p.json')).toEqual(['a\nb']);
    expect(() => readPrompts('\n \n', 'p.txt')).toThrow(/holds no prompt/);
    expect(() => readPrompts('{a: 1}', 'p.yaml')).toThrow(/p\.yaml:1:1/);
  });
});
