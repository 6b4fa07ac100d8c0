import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOutputFolder, writeOutputFolder } from './output-folder.ts';

test('output replaces output, and nothing else', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-output-'));
  const [made, out] = [join(root, 'made'), join(root, 'deep', 'out')];
  await mkdir(made);
  await writeFile(join(made, 'config.json'), '1');
  await writeOutputFolder(out, made, 'config.json');
  await writeFile(join(out, 'old.txt'), '');
  await writeFile(join(made, 'config.json'), '2');
  await writeOutputFolder(out, made, 'config.json');
  expect(await readdir(out)).toEqual(['config.json']);
  expect(await readFile(join(out, 'config.json'), 'utf8')).toBe('2');
  expect(await readdir(join(root, 'deep'))).toEqual(['out']);

  await expect(checkOutputFolder(root, 'config.json')).rejects.toThrow(/would be lost/);
  await expect(checkOutputFolder(join(out, 'config.json'), 'config.json')).rejects.toThrow(/ENOTDIR/);
});
