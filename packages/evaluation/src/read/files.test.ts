import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResults } from './read-results.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const temporary = () => mkdtemp(join(tmpdir(), 'files-'));
const rows = '{"id":"a","acc":1}\n{"id":"b","acc":0}\n';

test('files and folders behind links are read, once each; links in a circle do no harm', async () => {
  const [folder, elsewhere] = [await temporary(), await temporary()];
  await cp(join(FIXTURES, 'evalscope/good'), folder, { recursive: true });
  await rename(join(folder, 'reviews'), join(elsewhere, 'reviews'));
  await symlink(join(elsewhere, 'reviews'), join(folder, 'reviews'));
  await symlink(folder, join(folder, 'reports', 'again'));
  const report = 'reports/good/general_qa.json';
  await rename(join(folder, report), join(elsewhere, 'report.json'));
  await symlink(join(elsewhere, 'report.json'), join(folder, report));
  const results = await readResults(folder);
  expect(results.tasks[0]?.items?.size).toBe(20);
  expect(results.tasks[0]?.series.some(({ aggregate }) => aggregate !== null)).toBe(true);
});

test('a link that leads nowhere is not passed over', async () => {
  const folder = await temporary();
  await writeFile(join(folder, 'a.jsonl'), rows);
  await symlink(join(folder, 'gone.json'), join(folder, 'results.json'));
  await expect(readResults(folder)).rejects.toThrow(/results.json is a link that leads nowhere/);
});

test('a pipe, a device, and a file that may not be read are errors of the input', async () => {
  const folder = await temporary();
  execFileSync('mkfifo', [join(folder, 'pipe.jsonl')]);
  for (const path of [join(folder, 'pipe.jsonl'), '/dev/null'])
    await expect(readResults(path)).rejects.toThrow(`${path} is neither a file nor a folder`);
  await writeFile(join(folder, 'mine.jsonl'), rows, { mode: 0o000 });
  await mkdir(join(folder, 'closed'), { mode: 0o000 });
  await chmod(folder, 0o711);
  if (process.getuid?.() === 0) process.seteuid?.(65_534); // root may read everything
  try {
    for (const path of [folder, join(folder, 'mine.jsonl'), join(folder, 'closed')])
      await expect(readResults(path)).rejects.toThrow(/cannot be read \(EACCES\): give a file/);
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(0);
  }
});
