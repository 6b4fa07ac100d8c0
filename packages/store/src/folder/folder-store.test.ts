import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinRecordRef, recordRef, SystemError, UserError } from '@sluice/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState } from '../state/open-state.ts';
import { addressOf, folderStore } from './folder-store.ts';
import { withLock } from './lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a store in a folder', () => {
  it('gives back any key that it takes, and takes none that leads out', async () => {
    const store = await folderStore(folder);
    const part = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('..', '.', '', 'a', 'ü', 'a\\b'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.uint8Array(),
        async (parts, bytes) => {
          // below a folder of its own: a file cannot be where a folder is
          const key = ['k', ...parts, `${Math.random()}`].join('/');
          try {
            await store.put(key, bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            return;
          }
          expect(parts).not.toContain('..');
          expect(Buffer.compare((await store.get(key)) as Uint8Array, bytes)).toBe(0);
          expect(await store.list(key)).toEqual([key]);
          expect(store.keyOf(store.uri(key))).toBe(key);
        },
      ),
    );
    expect(
      await readdir(join(folder, '..')).then((names) => names.filter((n) => n.startsWith('0.'))),
    ).toEqual([]);
  });

  it('names places that a record reference can hold', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).filter((s) => !/[/\0]/.test(s)),
          { minLength: 1 },
        ),
        (parts) => {
          const ref = joinRecordRef(addressOf(`/${parts.join('/')}`), `sha256:${'a'.repeat(64)}` as never);
          expect(recordRef.parse(ref)).toBe(ref);
        },
      ),
    );
  });

  it('knows what lies in it from what does not', async () => {
    const store = await folderStore(folder);
    expect(store.keyOf(`${folder}/run-0001/record`)).toBe('run-0001/record');
    expect(store.keyOf(`file://${folder}/run-0001/record`)).toBe('run-0001/record');
    for (const elsewhere of [
      folder,
      join(folder, '..'),
      '/etc',
      's3://b/k',
      'run-0001/record',
      `${folder}-other/x`,
    ])
      expect(store.keyOf(elsewhere)).toBeUndefined();
  });

  it('forgets what a killed writer left, after a day', async () => {
    await folderStore(folder);
    const [old, young] = ['.1-old.partial', '.2-young.partial'].map((name) => join(folder, '.partial', name));
    await writeFile(old as string, 'half');
    await writeFile(young as string, 'half');
    await utimes(old as string, 0, 0);
    await folderStore(folder);
    expect(await readdir(join(folder, '.partial'))).toEqual(['.2-young.partial']);
  });

  it('that cannot be written to, or read, is a refusal of the system and leaves what was there', async () => {
    const store = await folderStore(folder);
    await store.put('k/a/b', new Uint8Array([1]));
    const refused = store.put('k/a', new Uint8Array([2]));
    await expect(refused).rejects.toBeInstanceOf(SystemError);
    await expect(refused).rejects.toThrow(/k\/a cannot be written: E/);
    await expect(store.get('k/a')).rejects.toBeInstanceOf(SystemError);
    expect(await store.list('k/')).toEqual(['k/a/b']);
  });

  it('that cannot be made is a refusal of the system', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(folderStore(join(folder, 'file'))).rejects.toThrow(SystemError);
  });
});

describe('a lock', () => {
  it('is held by one at a time, and is free after an error', async () => {
    const path = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(path, work)));
    expect(most).toBe(1);
    await expect(withLock(path, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    await withLock(path, async () => undefined, { wait: 0 });
  });

  it.each([
    ['a file of another program', (path: string) => writeFile(path, 'no lock at all\n'.repeat(200))],
    ['a folder', (path: string) => mkdir(path)],
  ])('that is %s is a refusal of the system, which says what to do', async (_, put) => {
    const path = join(folder, 'lock');
    await put(path);
    const refused = withLock(path, async () => 'done');
    await expect(refused).rejects.toBeInstanceOf(SystemError);
    await expect(refused).rejects.toThrow(/lock cannot be used as a lock: .*\. Its folder must be writable/);
  });

  it('that stays held is a refusal, not a wait for ever', async () => {
    const path = join(folder, 'lock');
    await withLock(path, async () => {
      await expect(withLock(path, async () => undefined, { wait: 30 })).rejects.toThrow(
        /locked by another process/,
      );
      const cancelled = withLock(path, async () => undefined, { signal: AbortSignal.timeout(30) });
      await expect(cancelled).rejects.toThrow(/abort|timeout/i);
    });
  });
});

describe('a state', () => {
  it('lies where `state` says', async () => {
    const store = await folderStore(join(folder, 'store'));
    const where = { router: 'haproxy', target: 't', store, workspace: folder };
    const named = openState<{ n: number }>({ ...where, state: 'file:states/one.json' });
    expect(named.where).toBe(`file:${folder}/states/one.json`);
    expect(await named.compareAndSet({ n: 1 }, undefined)).toMatchObject({ ok: true });
    expect((await openState({ ...where, state: `file://${folder}/states/one.json` }).read())?.value).toEqual({
      n: 1,
    });
    expect(await openState(where).read()).toBeUndefined();
    for (const state of ['states/one.json', 'file:', 's3://b/k'])
      expect(() => openState({ ...where, state })).toThrow(/allowed is file:<path>/);
  });

  it('that is not JSON is never taken for none', async () => {
    const path = join(folder, 'broken.json');
    await writeFile(path, '{"stage":');
    const store = await folderStore(join(folder, 'store'));
    const cell = openState({ router: 'r', target: 't', store, workspace: folder, state: `file:${path}` });
    await expect(cell.read()).rejects.toThrow(SystemError);
    await expect(cell.compareAndSet({}, undefined)).rejects.toThrow(/is not JSON/);
  });
});
