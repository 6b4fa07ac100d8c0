import { mkdir, mkdtemp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packFolder, unpackFolder } from './packed-folder.ts';

const fresh = (): Promise<string> => mkdtemp(join(tmpdir(), 'packed-'));

async function packed(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await fresh();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const path = join(await fresh(), 'p.gz');
  await packFolder(folder, { seconds: 3 }, path);
  return path;
}

test('what is packed comes back, with what it is about', async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(contents, async (list) => {
      const path = await packed(Object.fromEntries(list.map((bytes, i) => [`a/${i}/f`, bytes])));
      const folder = await fresh();
      expect(await unpackFolder(path, folder)).toEqual({ seconds: 3 });
      for (const [i, bytes] of list.entries())
        expect(new Uint8Array(await readFile(join(folder, `a/${i}/f`)))).toEqual(bytes);
    }),
    { numRuns: 30 },
  );
});

test('a file larger than the pieces it is read in comes back whole', async () => {
  const large = new Uint8Array(500_000).map((_, i) => (i * 31) % 251);
  const path = await packed({ large, small: 'x' });
  const folder = await fresh();
  await unpackFolder(path, folder);
  expect(new Uint8Array(await readFile(join(folder, 'large')))).toEqual(large);
  expect((await readdir(folder)).sort()).toEqual(['large', 'small']);
});

test('a changed byte, a cut end and a name outside the folder are refused', async () => {
  const path = await packed({ 'results.json': '{"acc": 0.1}' });
  const text = gunzipSync(await readFile(path)).toString('utf8');
  await writeFile(path, gzipSync(text.replace('0.1', '0.9')));
  await expect(unpackFolder(path, await fresh())).rejects.toThrow(/not what its digest says/);
  await writeFile(path, gzipSync(text.replace('results.json', '../../r.json')));
  await expect(unpackFolder(path, await fresh())).rejects.toThrow(/none of its folder/);
  await writeFile(path, gzipSync(text));
  await truncate(path, 60);
  await expect(unpackFolder(path, await fresh())).rejects.toThrow(/damaged|cut off/);
});
