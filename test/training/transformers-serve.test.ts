import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hubLayout, transformersArgv, transformersEnv } from '@sluice/engines';
import { freePort, start } from '@sluice/process';
import { expect, test } from 'vitest';
import { modelEnvironment, tinyModel } from './setup.ts';

test('transformers serves a folder under a name that carries the version', async () => {
  const environment = await modelEnvironment();
  const tiny = await tinyModel(environment);
  const layout = hubLayout(await mkdtemp(join(tmpdir(), 'sluice-hub-')), 'tiny-v1.2.0');
  await cp(tiny.base, join(layout.root, layout.model), { recursive: true });
  const ref = join(layout.root, layout.ref.path);
  await mkdir(dirname(ref));
  await writeFile(ref, layout.ref.text);
  const port = await freePort();
  const [program, ...rest] = transformersArgv('tiny-v1.2.0', { host: '127.0.0.1', port });
  const env = { ...environment.env, ...transformersEnv(layout), OMP_NUM_THREADS: '1' };
  const service = await start([join(environment.bin, program as string), ...rest, '--device', 'cpu'], {
    env,
  });
  try {
    const address = `http://127.0.0.1:${port}/v1`;
    while (!(await fetch(`${address}/models`).catch(() => undefined))?.ok) {
      expect(service.running, service.tail().join('\n')).toBe(true);
      await delay(200);
    }
    const models = (await (await fetch(`${address}/models`)).json()) as { data: { id: string }[] };
    expect(models.data.map(({ id }) => id)).toEqual(['tiny-v1.2.0']);
    const answer = await fetch(`${address}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'tiny-v1.2.0',
        messages: [{ role: 'user', content: 'Repeat after me: Paris' }],
        max_tokens: 8,
      }),
    });
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Paris' } }] });
  } finally {
    await service.stop();
    await rm(layout.root, { recursive: true, force: true });
  }
});
