import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileDigest } from './file-digest.ts';
import { assertNoPickles, modelDigest, modelManifest } from './model-digest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function model(files: Readonly<Record<string, string | Uint8Array>>, at = folder) {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(at, name)), { recursive: true });
    await writeFile(join(at, name), bytes);
  }
}
const sha = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest();
const rootOf = (...contents: string[]) => `sha256:${sha(Buffer.concat(contents.map(sha))).toString('hex')}`;
const MODEL = { 'model.safetensors': 'weights', 'config.json': '{}', 'a/b.json': 'nested' };

describe("a model's digest", () => {
  it('is the SHA-256 over the raw digests of the files in order of their names', async () => {
    await model(MODEL);
    expect(await modelDigest(folder)).toBe(rootOf('nested', '{}', 'weights'));
    const { files, size } = await modelManifest(folder);
    expect(files.map((f) => f.name)).toEqual(['a/b.json', 'config.json', 'model.safetensors']);
    expect(size).toBe(15);
  });

  it('orders names by their UTF-8 bytes, not as UTF-16 does', async () => {
    // U+FB33 comes before U+1F600 in UTF-8 and after it in UTF-16
    await model({ '\u{1f600}.json': 'later', '\ufb33.json': 'earlier' });
    expect(await modelDigest(folder)).toBe(rootOf('earlier', 'later'));
  });

  it('is that of one file where the model is one file', async () => {
    await model({ 'model.gguf': 'all in one' });
    expect(await modelDigest(join(folder, 'model.gguf'))).toBe(rootOf('all in one'));
  });

  it('leaves out what a trainer, git and caches leave behind', async () => {
    await model(MODEL);
    const before = await modelDigest(folder);
    await model({
      'optimizer.pt': 'x',
      'scheduler.pt': 'x',
      'rng_state_0.pth': 'x',
      'training_args.bin': 'x',
      'trainer_state.json': '{}',
      'checkpoint-50/model.safetensors': 'x',
      'global_step50/zero.pt': 'x',
      '.git/config': 'x',
      '.gitattributes': 'x',
      '.cache/huggingface/x': 'x',
      'model.sig': 'x',
      'metrics.pkl': 'x',
    });
    expect(await modelDigest(folder)).toBe(before);
  });

  it('changes with every byte, and with every file that counts', async () => {
    await model(MODEL);
    const before = await modelDigest(folder);
    const name = fc.constantFrom(...Object.keys(MODEL), 'tokenizer.json', 'sub/extra.json');
    await fc.assert(
      fc.asyncProperty(name, fc.string({ minLength: 1 }), async (file, text) => {
        await rm(folder, { recursive: true });
        await model({ ...MODEL, [file]: `${text} changed` });
        expect(await modelDigest(folder)).not.toBe(before);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on where the folder lies', async () => {
    await model(MODEL);
    const before = await modelDigest(folder);
    await rename(folder, `${folder}-moved`);
    expect(await modelDigest(`${folder}-moved`)).toBe(before);
    await rename(`${folder}-moved`, folder);
  });

  it('refuses links, nothing, and a folder without files', async () => {
    await expect(modelDigest(join(folder, 'nowhere'))).rejects.toThrow(/no model at/);
    await expect(modelDigest(folder)).rejects.toThrow(/holds no files/);
    await model(MODEL);
    await symlink('/etc/hostname', join(folder, 'vocab.json'));
    await expect(modelDigest(folder)).rejects.toThrow(/vocab\.json is a link/);
    await rm(join(folder, 'vocab.json'));
    await symlink(folder, `${folder}-link`);
    await expect(modelDigest(`${folder}-link`)).rejects.toThrow(UserError);
    await rm(`${folder}-link`);
  });

  it('ends when it is cancelled', async () => {
    await model(MODEL);
    await expect(modelDigest(folder, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('of a file larger than a chunk is what sha256sum says', async () => {
    const bytes = Buffer.alloc(3_000_001, 7);
    await model({ 'big.safetensors': bytes });
    expect(await fileDigest(join(folder, 'big.safetensors'))).toBe(`sha256:${sha(bytes).toString('hex')}`);
  });
});

describe('pickles', () => {
  const zip = Buffer.from('PK\x03\x04rest', 'latin1');
  const protocol2 = Buffer.from([0x80, 2, 0x8a]);

  it.each([
    ['pytorch_model.bin', zip],
    ['pytorch_model-00001-of-00002.bin', protocol2],
    ['adapter_model.bin', 'anything'],
    ['weights.pt', 'anything'],
    ['sub/model.pth', 'anything'],
    ['MODEL.PKL', 'anything'],
    ['odd-name.bin', protocol2],
  ])('as weights are refused: %s', async (name, bytes) => {
    await model({ 'config.json': '{}', [name]: bytes });
    await expect(assertNoPickles(folder)).rejects.toThrow(UserError);
    await expect(assertNoPickles(folder)).rejects.toThrow(name);
    // a digest of the rest alone would name any weights
    await expect(modelDigest(folder)).rejects.toThrow(/pickle/);
  });

  it("are not what a trainer's state is refused for, nor plain weights that end in .bin", async () => {
    await model({ ...MODEL, 'training_args.bin': zip, 'optimizer.bin': zip, 'openvino_model.bin': 'plain' });
    await expect(assertNoPickles(folder)).resolves.toBeUndefined();
    expect(await modelDigest(folder)).toBe(rootOf('nested', '{}', 'weights', 'plain'));
  });
});
