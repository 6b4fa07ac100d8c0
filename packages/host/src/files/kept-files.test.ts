import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asCollected, writeKept } from './kept-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writeKept', () => {
  it('writes texts without secrets, bytes as they are, and nothing else', async () => {
    const bytes = new Uint8Array([0, 255, 10]);
    const paths = await writeKept(
      join(folder, 'a'),
      [
        { name: 'report.html', content: '<p>s3cret</p>' },
        { name: 'x.bin', content: bytes },
      ],
      (text) => text.replaceAll('s3cret', '***'),
    );
    expect(paths).toEqual([join(folder, 'a/report.html'), join(folder, 'a/x.bin')]);
    expect(readFileSync(paths[0] as string, 'utf8')).toBe('<p>***</p>');
    expect(new Uint8Array(readFileSync(paths[1] as string))).toEqual(bytes);
    expect(readdirSync(join(folder, 'a')).sort()).toEqual(['report.html', 'x.bin']);
  });

  it.each(['../out', 'a/b', '', '.hidden', '..'])('refuses %o as a name', async (name) => {
    await expect(writeKept(folder, [{ name, content: '' }], (text) => text)).rejects.toThrow(
      /cannot be the name/,
    );
  });
});

describe('asCollected', () => {
  it('gives reports the name by which GitLab finds them', () => {
    const metrics = { name: 'eval-gate-metrics.txt', content: 'x 1\n', kind: 'metrics' } as const;
    expect(asCollected([metrics])).toEqual([{ ...metrics, name: 'metrics.txt' }]);
    expect(asCollected([{ name: 'junit.xml', content: '', kind: 'junit' }])).toEqual([]);
    expect(asCollected([{ name: 'x.html', content: '', kind: 'html' }])).toEqual([]);
  });
});
