import { readFileSync } from 'node:fs';
import type { Instance } from '@sluice/rollout';
import { describe, expect, it } from 'vitest';
import { filled, objectsOf } from './render.ts';

const instance: Instance = {
  runId: 'run-0000-0001',
  version: 'qwen-v1.1.0',
  image: `reg.example/qwen@sha256:${'a'.repeat(64)}`,
  start: { kind: 'command', command: ['true'], cwd: '/', readyMs: 1, drainMs: 0 },
  keepOldMs: 0,
  status: 'starting',
  process: null,
};

describe('a manifest', () => {
  it('of the README is filled in for a slot', () => {
    const readme = readFileSync(
      new URL('../../../../actions/canary-step/README.md', import.meta.url),
      'utf8',
    );
    const manifest = /```yaml\n(apiVersion: apps\/v1\n[\s\S]+?)```/.exec(readme)?.[1] ?? '';
    const [deployment, ...more] = objectsOf(manifest, instance, 'canary');
    expect(more).toEqual([]);
    expect(deployment).toMatchObject({
      kind: 'Deployment',
      metadata: { name: 'chat-canary' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { slot: 'canary' } },
        template: {
          spec: { containers: [{ image: instance.image, args: ['--served-model-name', 'qwen-v1.1.0'] }] },
        },
      },
    });
  });

  it.each([
    ['kind: [', /no YAML/],
    ['', /holds no object/],
    ['kind: Service\napiVersion: v1\n', /object 1 .* lacks apiVersion, kind or metadata\.name/],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: {slot}}\n', /write "\{slot\}"/],
  ])('that is none: %j', (text, message) => {
    expect(() => objectsOf(text, instance, 'stable')).toThrow(message);
  });

  it('lets no value become anything but a text, and other braces stay', () => {
    const odd = { ...instance, version: 'x\n- y: {image}' };
    const [object] = objectsOf(
      'apiVersion: v1\nkind: A\nmetadata: {name: n}\nx: "{version}"\n',
      odd,
      'stable',
    );
    expect(object).toEqual({ apiVersion: 'v1', kind: 'A', metadata: { name: 'n' }, x: 'x\n- y: {image}' });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the user's
    expect(filled('{port} {slot} ${run-id} {}', instance, 'stable')).toBe('{port} stable $run-0000-0001 {}');
  });
});
