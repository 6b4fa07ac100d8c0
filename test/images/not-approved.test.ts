import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelDigest } from '@sluice/record';
import { describe, expect, it } from 'vitest';
import { judgedModel } from './approved.ts';
import { buildOn, useBuilder } from './builder.ts';

const bench = useBuilder();
const build = (given: Record<string, string>) => buildOn(bench.host, bench.registry, given);

describe('what is not approved gets no image', () => {
  it('deploy: false ends before anything is opened', async () => {
    const { outputs, refused, always } = await build({ deploy: 'false' });
    expect({ refused, always }).toEqual({
      refused: 'deploy is false: the gate did not approve this model',
      always: true,
    });
    expect(Object.values(outputs)).toEqual(['none', 'none', 'none', 0, 'none', 'none', 'none']);
    expect(await readdir(bench.host.workspace)).toEqual([]);
  });

  it('an empty deploy is no decision', async () => {
    await expect(async () => build({ deploy: '' })).rejects.toThrow(/deploy/);
  });

  it.each([
    ['reject', {}],
    ['undecided', {}],
    ['approve', { resultsOnly: true }],
  ] as const)('a record that says %s %j', async (decision, more) => {
    const judged = await judgedModel({ workspace: bench.host.workspace, decision, ...more });
    const { outputs, refused, always } = await build({ record: judged.record, deploy: 'true' });
    expect(outputs).toMatchObject({ image: 'none', digest: 'none' });
    expect(always).toBe(true);
    expect(refused).toMatch(/holds no approval of model sha256:/);
  });

  it('an approval that a later reject took back, also one beside the pinned record', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    await judged.judge('reject');
    expect((await build({ record: judged.record })).refused).toMatch(/approved .* and rejected afterwards/);
  });

  it('no record at all', async () => {
    await expect(build({})).rejects.toThrow(/needs a record that proves the gate's approval/);
  });

  it('another model digest than the one that was judged', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const other = `sha256:${'0'.repeat(64)}`;
    await expect(build({ record: judged.record, 'model-digest': other })).rejects.toThrow(
      `model-digest is ${other}, but the gate approved the model ${judged.digest}`,
    );
  });

  it('bytes that were changed after they were judged, with both digests', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    await writeFile(join(judged.folder, 'model.safetensors'), 'other weights');
    const now = await modelDigest(judged.folder);
    await expect(build({ record: judged.record })).rejects.toThrow(
      new RegExp(`has the digest ${now}; expected ${judged.digest}`),
    );
  });

  it('a record that was changed, with both digests', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace, decision: 'reject' });
    const folder = join(bench.host.workspace, '.sluice/store', judged.runId, 'record');
    const name = (await readdir(folder)).find((n) => n.endsWith('.intoto.jsonl')) as string;
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll('reject', 'approve').replace('1.0.0', '1.0.1'));
    await expect(build({ record: judged.record })).rejects.toThrow(
      /sha256:[0-9a-f]{64}.*sha256:[0-9a-f]{64}/s,
    );
  });

  it('a run that is not the record’s', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    await expect(build({ record: judged.record, 'run-id': 'run-0000-0002' })).rejects.toThrow(
      /run-id is run-0000-0002, but the record is of run run-0000-0001/,
    );
  });
});
