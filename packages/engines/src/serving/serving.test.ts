import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dockerfile } from './dockerfile.ts';
import { maxLoraRank } from './lora-rank.ts';
import { servingImage } from './serving-image.ts';
import { vllmArgv } from './vllm.ts';

const base = {
  engine: 'vllm',
  baseImage: 'registry.example:5000/vllm/vllm-openai:v0.33.0',
  servedName: 'qwen-v1.2.0',
} as const;

test('a whole model is served under the name that carries the version', () => {
  expect(servingImage({ ...base, model: 'model' }).Dockerfile).toBe(
    `ARG BASE_IMAGE=registry.example:5000/vllm/vllm-openai:v0.33.0
# hadolint ignore=DL3006
FROM $BASE_IMAGE
COPY ["model","/opt/sluice/model"]
ENV HF_HUB_OFFLINE=1
ENV TRANSFORMERS_OFFLINE=1
ENV VLLM_NO_USAGE_STATS=1
ENV DO_NOT_TRACK=1
EXPOSE 8000
ENTRYPOINT ["vllm","serve","/opt/sluice/model","--host","0.0.0.0","--port","8000","--served-model-name","qwen-v1.2.0"]
CMD []
`,
  );
});

test('an adapter answers to the version and to its own name, and fits the rank that vLLM reserves', () => {
  const adapter = { path: '/opt/sluice/adapter', name: 'support', rank: 12 };
  const argv = vllmArgv(
    { model: '/models/base', servedName: 'qwen-v1.2.0', adapter },
    { host: '0.0.0.0', port: 8000 },
  );
  expect(argv.slice(7)).toEqual([
    '--served-model-name',
    'base',
    '--enable-lora',
    '--max-lora-rank',
    '16',
    '--max-loras',
    '2',
    '--lora-modules',
    'qwen-v1.2.0=/opt/sluice/adapter',
    'support=/opt/sluice/adapter',
  ]);
});

test('ranks', () => {
  expect([1, 2, 8, 9, 200, 257, 512].map(maxLoraRank)).toEqual([1, 8, 8, 16, 256, 320, 512]);
  for (const rank of [0, 513, 1.5, Number.NaN]) expect(() => maxLoraRank(rank)).toThrow(/rank/);
});

test('an adapter without the path of its base model is refused', () => {
  const adapter = { folder: 'adapter', name: 'a', rank: 8, baseModel: '' };
  expect(() => servingImage({ ...base, adapter })).toThrow(/base-model/);
});

test('only the model gets into the image', () => {
  expect(servingImage({ ...base, model: 'model' })['.dockerignore']).toBe('*\n!Dockerfile\n!model\n');
});

test('whatever is given, every line of a Dockerfile is one that was meant, and the entrypoint is the list that was given', () => {
  const odd = fc.string({
    unit: fc.constantFrom('a', '"', "'", '$', '`', '\\', '\n', ';', '#', ' ', ']', 'é'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(odd, odd, fc.array(odd, { maxLength: 4 }), (image, path, entrypoint) => {
      let text: string;
      try {
        text = dockerfile({
          baseImage: image,
          copies: [{ from: path, to: '/m' }],
          env: {},
          port: 1,
          entrypoint,
        });
      } catch (error) {
        expect((error as Error).name).toBe('UserError');
        return;
      }
      const lines = text.split('\n');
      expect(lines.map((line) => line.split(' ')[0])).toEqual([
        'ARG',
        '#',
        'FROM',
        'COPY',
        'EXPOSE',
        'ENTRYPOINT',
        'CMD',
        '',
      ]);
      expect(JSON.parse((lines[5] as string).slice('ENTRYPOINT '.length))).toEqual(entrypoint);
    }),
  );
});

test('a served name that vLLM would cut, or a Dockerfile expand, is refused', () => {
  for (const servedName of ['a=b', '', '$(id)', 'a b', '-x'])
    expect(() => servingImage({ ...base, servedName, model: 'model' })).toThrow(/name of a served model/);
});

test('transformers serves a whole model under its version, from the layout of a cache', () => {
  const files = servingImage({ ...base, engine: 'transformers', model: 'model' });
  expect(files.Dockerfile).toContain('COPY ["model","/opt/sluice/hub/models--qwen-v1.2.0/snapshots/served"]');
  expect(files.Dockerfile).toContain('COPY ["snapshot","/opt/sluice/hub/models--qwen-v1.2.0/refs/main"]');
  expect(files.Dockerfile).toContain(
    'ENTRYPOINT ["transformers","serve","qwen-v1.2.0","--host","0.0.0.0","--port","8000"]',
  );
  expect(files.snapshot).toBe('served');
  expect(files['.dockerignore']).toBe('*\n!Dockerfile\n!model\n!snapshot\n');
  const adapter = { folder: 'adapter', name: 'a', rank: 8, baseModel: '/m' };
  expect(() => servingImage({ ...base, engine: 'transformers', adapter })).toThrow(/merge the adapter first/);
  expect(() => servingImage({ ...base, engine: 'transformers', servedName: 'a--b', model: 'model' })).toThrow(
    /transformers serve/,
  );
});
