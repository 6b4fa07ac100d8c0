import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { haproxyConfig } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { installHaproxy } from '../parts/haproxy.ts';

const run = promisify(execFile);
const readme = join(import.meta.dirname, '../../packages/traffic/README.md');

it('shows a HAProxy configuration that HAProxy takes and that is the one which is tested', async () => {
  const text = await readFile(readme, 'utf8');
  const block = /```\n(global\n[\s\S]*?)```/.exec(text)?.[1] as string;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-readme-'));
  try {
    const path = join(folder, 'haproxy.cfg');
    const backends =
      '  bind 127.0.0.1:8080\nbackend stable\n  server a 127.0.0.1:1\nbackend canary\n  server b 127.0.0.1:2\n';
    const connect = '  timeout connect 5s\nfrontend users';
    const socket = block.replaceAll('/run/haproxy/', `${folder}/`);
    await writeFile(path, socket.replace('frontend users', connect) + backends);
    await run(await installHaproxy(console.log), ['-c', '-f', path]);
    const tested = haproxyConfig({
      socket: '/run/haproxy/admin.sock',
      bind: ':80',
      stable: ['127.0.0.1:1'],
      canary: ['127.0.0.1:2'],
    });
    const bare = (line: string): string => line.replace(/ +#.*/, '').trim();
    const lines = new Set(tested.split('\n').map(bare));
    for (const line of block.split('\n').map(bare)) if (line !== '') expect(lines).toContain(line);
  } finally {
    await rm(folder, { recursive: true });
  }
});
