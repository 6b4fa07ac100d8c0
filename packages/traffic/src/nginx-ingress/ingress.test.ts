import { expect, it } from 'vitest';
import { type CanaryIngress, checkCanary, moved, segments, serviceOf, shareIn, troubles } from './ingress.ts';

const ingress = (annotations: Record<string, string>, spec: CanaryIngress['spec'] = {}): CanaryIngress => ({
  metadata: {
    name: 'qwen-canary',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
    ),
  },
  spec,
});

it('the share is the weight of its total, 100 where none is given', () => {
  expect(shareIn(ingress({ canary: 'true' }))).toBe(0);
  expect(shareIn(ingress({ 'canary-weight': '5' }))).toBe(5);
  expect(shareIn(ingress({ 'canary-weight': '5', 'canary-weight-total': '1000' }))).toBe(0.5);
  expect(shareIn(ingress({ 'canary-weight': '500', 'canary-weight-total': '100' }))).toBe(100);
  expect(() => shareIn(ingress({ 'canary-weight': 'five' }))).toThrow(/'five', not a number/);
});

it('a share is set to a hundredth of a percent, where it is another one', () => {
  expect(moved(ingress({ 'canary-weight': '5' }), 500)).toBeUndefined();
  expect(moved(ingress({ 'canary-weight': '5' }), 1)).toEqual({
    metadata: {
      annotations: {
        'nginx.ingress.kubernetes.io/canary-weight': '1',
        'nginx.ingress.kubernetes.io/canary-weight-total': '10000',
      },
    },
  });
});

it('only the canary’s own Ingress is steered', () => {
  expect(() => checkCanary(ingress({}))).toThrow(/canary: "true"/);
  checkCanary(ingress({ canary: 'true' }));
  const paths = [{ backend: { service: { name: 'qwen-v2' } } }];
  expect(serviceOf(ingress({}, { rules: [{ http: { paths } }] }))).toBe('qwen-v2');
  expect(serviceOf(ingress({}, { defaultBackend: { service: { name: 'all' } } }))).toBe('all');
});

it('a header or a cookie that comes before the weight is told', () => {
  expect(troubles(ingress({ canary: 'true', 'canary-weight': '5' }))).toEqual([]);
  expect(troubles(ingress({ 'canary-by-header': 'x-canary', 'canary-by-header-value': 'eu' }))).toEqual([
    expect.stringMatching(/canary-by-header, which comes before the weight/),
  ]);
});

it('a share of some users alone is refused, as the controller has none', () => {
  expect(segments.told(ingress({}), {}, 'stable')).toBeUndefined();
  expect(() => segments.told(ingress({}), { 'x-region': ['eu'] }, 'stable')).toThrow(
    /segments: Ingress qwen-canary cannot send a share of some users alone/,
  );
});
