import { describe, expect, it } from 'vitest';
import { daemonSet, statefulSet } from './controlled.ts';
import { deployment } from './deployment.ts';
import { runs, sameTemplate } from './template.ts';
import { rolledOut, selectorText, type Workload, type WorkloadKind } from './workload.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const template = {
  metadata: { labels: { app: 'chat' } },
  spec: { containers: [{ image: `x/qwen@${DIGEST}` }] },
};

it('a template is the same with what controllers add to their copies', () => {
  const copy = {
    ...template,
    metadata: { labels: { app: 'chat', 'pod-template-hash': '5f' }, creationTimestamp: null },
  };
  expect(sameTemplate(template, copy)).toBe(true);
  expect(sameTemplate(template, { ...template, metadata: { labels: { app: 'other' } } })).toBe(false);
});

it('an image is found by its digest, whatever its registry is called', () => {
  expect(runs(template, `mirror.example/qwen@${DIGEST}`)).toBe(true);
  expect(runs({ spec: { initContainers: template.spec.containers } }, `y@${DIGEST}`)).toBe(true);
  expect(runs(template, `x/qwen@sha256:${'b'.repeat(64)}`)).toBe(false);
  expect(runs({}, `x/qwen@${DIGEST}`)).toBe(false);
});

it('a selector is written as the API takes it', () =>
  expect(
    selectorText({
      matchLabels: { app: 'chat' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'x', operator: 'NotIn', values: ['c'] },
        { key: 'y', operator: 'Exists' },
        { key: 'z', operator: 'DoesNotExist' },
      ],
    }),
  ).toBe('app=chat,tier in (a,b),x notin (c),y,!z'));

describe('all Pods are of the newest template', () => {
  const whole = (generation: number, status: Record<string, number>): Workload => ({
    metadata: { name: 'chat', generation },
    spec: { replicas: 2, template, selector: {} },
    status: { observedGeneration: 4, ...status },
  });
  const done: readonly [string, WorkloadKind, Record<string, number>, string][] = [
    [
      'Deployment',
      deployment,
      { replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      'availableReplicas',
    ],
    ['StatefulSet', statefulSet, { replicas: 2, updatedReplicas: 2, readyReplicas: 2 }, 'updatedReplicas'],
    [
      'DaemonSet',
      daemonSet,
      { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
      'numberAvailable',
    ],
  ];
  it.each(done)('of a %s', (_, kind, status, last) => {
    expect(rolledOut(kind, whole(4, status))).toBe(true);
    expect(rolledOut(kind, whole(4, { ...status, [last]: 1 }))).toBe(false);
    // its controller has not seen it as it is now
    expect(rolledOut(kind, whole(5, status))).toBe(false);
    expect(rolledOut(kind, undefined)).toBe(false);
  });
});
