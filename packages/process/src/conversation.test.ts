import { ProgramError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { converse } from './conversation.ts';

/** Answers sums, says something else in between, ends when told to. */
const PROGRAM = `
  const lines = require('readline').createInterface({ input: process.stdin });
  console.log('ready'); console.log('{"id": 1, "sum": 99'); console.error('a warning');
  lines.on('line', (line) => {
    const { id, a, b } = JSON.parse(line);
    if (a === 'die') { console.error('out of ' + b); process.exit(3); }
    console.log('{"noise": true}');
    setTimeout(() => console.log(JSON.stringify({ id, sum: a + b })), a);
  });
  lines.on('close', () => { console.error('closing'); });
`;
const talk = (lines: string[] = []) =>
  converse([process.execPath, '-e', PROGRAM], { name: 'The adder', onLine: (line) => lines.push(line) });

describe('a conversation', () => {
  it('gives each request its own answer, also when they come in another order', async () => {
    const lines: string[] = [];
    const adder = await talk(lines);
    const answers = await Promise.all([
      adder.ask({ a: 60, b: 1 }),
      adder.ask({ a: 5, b: 2 }),
      adder.ask({ a: 30, b: 'x' }),
    ]);
    expect(answers.map(({ sum }) => sum)).toEqual([61, 7, '30x']);
    await adder.end(10_000);
    expect(adder.running).toBe(false);
    expect(lines).toEqual(expect.arrayContaining(['ready', 'a warning', '{"noise": true}', 'closing']));
  });

  it('takes long answers whole', async () => {
    const adder = await talk();
    const long = 'x'.repeat(300_000);
    expect((await adder.ask({ a: 1, b: long })).sum).toBe(`1${long}`);
    await adder.end(10_000);
  });

  it('that ends leaves no request unanswered', async () => {
    const adder = await talk();
    const asked = [adder.ask({ a: 10_000, b: 1 }), adder.ask({ a: 'die', b: 'memory' })];
    for (const answer of asked)
      await expect(answer).rejects.toThrow(/The adder has ended[\s\S]*out of memory/);
    await expect(adder.ask({ a: 1, b: 1 })).rejects.toThrow(ProgramError);
  });

  it('that does not end by itself is ended', async () => {
    const deaf = await converse([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { name: 'It' });
    await deaf.end(50);
    expect(deaf.running).toBe(false);
  });
});
