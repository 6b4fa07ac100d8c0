import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults } from '@sluice/evaluation';
import { expect, test } from 'vitest';
import { writeSamplesFile } from './samples.ts';

test('the file is one of lm-eval, as large as it was asked for, and another has the same items', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'samples-file-'));
  try {
    const path = await writeSamplesFile(join(folder, 'a'), { items: 300, rowBytes: 2048, seed: 1 });
    await writeSamplesFile(join(folder, 'b'), { items: 300, rowBytes: 1024, seed: 2 });
    expect((await stat(path)).size).toBe(300 * 2048);
    const [a, b] = await Promise.all(['a', 'b'].map((name) => readResults(join(folder, name))));
    expect(a?.format).toBe('lm-eval');
    const [mine, theirs] = [a?.tasks[0]?.items, b?.tasks[0]?.items];
    expect(mine?.size).toBe(300);
    expect(mine?.fingerprint()).toBe(theirs?.fingerprint());
    const [text] = (await a?.texts(a.tasks[0] as never, [7])) ?? [];
    expect(text).toMatchObject({ target: '56', input: expect.stringMatching(/What is 7 plus 49\?$/) });
  } finally {
    await rm(folder, { recursive: true });
  }
});
