import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildCommands,
  checkTag,
  credentialsFor,
  fullBaseName,
  parseImageName,
  pushedDigest,
} from './index.ts';

describe('parseImageName', () => {
  it('splits registry and repository', () => {
    expect(parseImageName('127.0.0.1:5000/team/qwen')).toEqual({
      registry: '127.0.0.1:5000',
      repository: 'team/qwen',
    });
    expect(parseImageName('localhost/qwen')).toEqual({ registry: 'localhost', repository: 'qwen' });
  });

  it.each([
    'qwen',
    'team/qwen',
    'r.example/Qwen',
    'r.example/qwen:v1',
    '',
    'https://r.example/qwen',
    'r.example/qwen;id',
  ])('refuses %j', (text) => {
    expect(() => parseImageName(text)).toThrow(/registry\/name/);
  });

  it('says that a tag belongs elsewhere', () => {
    expect(() => parseImageName('r.example/qwen:v1')).toThrow(/leave out the tag/);
  });
});

describe('credentialsFor', () => {
  const encode = (s: string) => Buffer.from(s).toString('base64');
  it('takes the longest path that matches, and passwords with colons', () => {
    const file = JSON.stringify({
      auths: {
        'r.example': { auth: encode('a:1') },
        'r.example/team': { auth: encode('b:2:3') },
        'https://index/v1/': { auth: encode('c:4') },
      },
    });
    expect(credentialsFor(file, 'r.example', 'team/qwen')).toEqual({ username: 'b', password: '2:3' });
    expect(credentialsFor(file, 'r.example', 'teams/qwen')).toEqual({ username: 'a', password: '1' });
    expect(credentialsFor(file, 'index', 'x')).toEqual({ username: 'c', password: '4' });
    expect(credentialsFor(file, 'other', 'x')).toBeUndefined();
  });
});

describe('buildCommands', () => {
  const request = {
    context: '/c',
    names: ['r/x:v1', 'r/x:v2'],
    labels: { a: 'b c' },
    buildArgs: ['K=v'],
    push: true,
    tlsVerify: false,
    reportFile: '/t/report',
  };
  it('buildah builds once and pushes every name', () => {
    const [build, ...pushes] = buildCommands('buildah', request);
    expect(build).toContain('a=b c');
    expect(pushes.map((p) => p.at(-1))).toEqual(['docker://r/x:v1', 'docker://r/x:v2']);
    expect(buildCommands('buildah', { ...request, push: false })).toHaveLength(1);
  });

  it('layers are read from the cache, and written to it where the image is pushed', () => {
    const cached = { ...request, cache: 'r/cache' };
    const flags = (builder: 'buildah' | 'buildx', push: boolean) =>
      (buildCommands(builder, { ...cached, push })[0] ?? []).filter(
        (_, i, argv) => /^--(layers|cache)/.test(argv[i] ?? '') || /^--cache/.test(argv[i - 1] ?? ''),
      );
    expect(flags('buildah', true)).toEqual(['--layers', '--cache-from', 'r/cache', '--cache-to', 'r/cache']);
    expect(flags('buildah', false)).toEqual(['--layers', '--cache-from', 'r/cache']);
    const ref = 'type=registry,ref=r/cache:buildcache,registry.insecure=true';
    expect(flags('buildx', true)).toEqual(['--cache-from', ref, '--cache-to', `${ref},mode=max`]);
    expect(flags('buildx', false)).toEqual(['--cache-from', ref]);
    expect(buildCommands('buildah', request)[0]?.join(' ')).not.toContain('cache');
  });

  it('every label stays one argument, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        for (const builder of ['buildah', 'buildx'] as const) {
          const [argv] = buildCommands(builder, { ...request, labels: { note: value } });
          expect(argv?.[argv.indexOf('--label') + 1]).toBe(`note=${value}`);
        }
      }),
    );
  });

  it('refuses tags that a registry would refuse', () => {
    expect(checkTag('v1.2.0-canary-20250405')).toBe('v1.2.0-canary-20250405');
    expect(() => checkTag('-x')).toThrow(/not allowed/);
  });
});

describe('pushedDigest', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  it('reads the report of each builder, and nothing that is no digest', () => {
    expect(pushedDigest('buildah', `${digest}\n`)).toBe(digest);
    expect(pushedDigest('buildx', JSON.stringify({ 'containerimage.digest': digest, x: 1 }))).toBe(digest);
    for (const text of ['', '{}', 'sha256:12']) {
      expect(pushedDigest('buildah', text)).toBeUndefined();
      expect(pushedDigest('buildx', text)).toBeUndefined();
    }
  });
});

describe('fullBaseName', () => {
  it.each([
    ['vllm/vllm-openai:latest', 'docker.io/vllm/vllm-openai:latest'],
    ['debian:12', 'docker.io/library/debian:12'],
    ['registry.example:5000/a/b@sha256:1', 'registry.example:5000/a/b@sha256:1'],
    ['localhost/a', 'localhost/a'],
    ['scratch', 'scratch'],
  ])('%s is %s', (given, full) => {
    expect(fullBaseName(given)).toBe(full);
  });
});
