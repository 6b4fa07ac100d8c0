import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openScorers, parseOnlineEvaluation } from '@sluice/online-evaluation';
import { expect, test } from 'vitest';

// its environment alone takes minutes to make
test.runIf(process.env.SLUICE_SLOW === '1')('EvalScope scores answers that were given before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-evalscope-'));
  try {
    await writeFile(
      join(folder, 'references.jsonl'),
      ['red', 'green', 'blue']
        .map((c) => `${JSON.stringify({ prompt: `Say ${c}`, reference: `the colour ${c}` })}\n`)
        .join(''),
    );
    const spec = (metric: string) =>
      parseOnlineEvaluation(
        JSON.stringify({ scorers: [{ name: 'x', evalscope: { references: 'references.jsonl', metric } }] }),
      );
    const surroundings = {
      workspace: folder,
      temp: folder,
      env: process.env,
      mask: () => {},
      log: { info: console.log },
    };
    const answer = (id: string, prompt: string, response: string) => ({
      id,
      slot: 'stable' as const,
      prompt,
      response,
      time: 0,
    });
    const answers = [
      answer('1.a', 'Say red', 'the colour red'),
      answer('1.b', 'Say red', 'no idea'),
      answer('2.a', 'Say green', 'the colour is green'),
      answer('3.a', 'Say nothing', 'nothing'),
    ];
    const { signal } = new AbortController();
    const [scorer] = await openScorers(spec('Rouge-1-R'), surroundings);
    expect(await scorer?.score(answers, signal)).toEqual([1, 0, 1, null]);
    const [wrong] = await openScorers(spec('Rouge-9'), surroundings);
    await expect(wrong?.score(answers, signal)).rejects.toThrow(
      /gave no metric 'Rouge-9'; it gave .*Rouge-1-R/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
