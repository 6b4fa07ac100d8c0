import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument } from '@sluice/contract';
import { judgeConfig } from '@sluice/evaluation';
import { type TestHost, testHost } from '@sluice/host';
import { openStore } from '@sluice/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from './context.ts';
import { judgeAnswers } from './judge-answers.ts';

let host: TestHost;
let context: Context;
beforeEach(async () => {
  host = testHost({ action: 'eval-gate', env: {} });
  context = { host, store: await openStore({ workspace: host.workspace, env: {} }) } as unknown as Context;
});
afterEach(() => host.dispose());

const PROMPTS = ['one?', 'two?'];
const open = (more = '', model = 'judge') => {
  const config = readDocument(`{endpoint: 'http://h:1'${more}}`, 'judge', judgeConfig);
  return judgeAnswers(context, config, model, PROMPTS);
};
const folder = () => join(host.cacheDir, 'judge-answers');

it('an answer is there for the same judge and question alone, also where nothing was shared', async () => {
  const first = await open();
  await first.keep('one?', 'VERDICT: yes\n');
  const again = await open();
  expect(PROMPTS.map(again.known)).toEqual(['VERDICT: yes\n', undefined]);
  expect(again.elsewhere).toBe(false);
  for (const other of [
    await open('', 'another'),
    await open(', max-tokens: 9'),
    await open(', cache: {version: v1}'),
  ])
    expect(other.known('one?')).toBeUndefined();
  expect((await open(', cache: false')).known('one?')).toBeUndefined();
});

it('another machine finds in the store what was shared, adds to it, and it is said', async () => {
  const first = await open();
  await first.keep('one?', 'yes');
  await first.share();
  rmSync(folder(), { recursive: true });
  const second = await open();
  expect([second.known('one?'), second.elsewhere]).toEqual(['yes', true]);
  await second.keep('two?', 'no');
  await second.share();
  rmSync(folder(), { recursive: true });
  expect(PROMPTS.map((await open()).known)).toEqual(['yes', 'no']);
});

it('a line that a killed job left half is left out, and the next one is not lost with it', async () => {
  const first = await open();
  await first.keep('one?', 'yes');
  const [file] = readdirSync(folder()) as [string];
  appendFileSync(join(folder(), file), '\n{"question": "sha256:0');
  const second = await open();
  expect(PROMPTS.map(second.known)).toEqual(['yes', undefined]);
  await second.keep('two?', 'no');
  expect(PROMPTS.map((await open()).known)).toEqual(['yes', 'no']);
});

it('with `version` the address may be another', async () => {
  const at = (endpoint: string) =>
    judgeAnswers(
      context,
      readDocument(`{endpoint: '${endpoint}', cache: {version: v1}}`, 'judge', judgeConfig),
      'judge',
      PROMPTS,
    );
  await (await at('http://h:1')).keep('one?', 'yes');
  expect((await at('http://h:2')).known('one?')).toBe('yes');
});
