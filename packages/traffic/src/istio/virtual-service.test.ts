import { expect, it } from 'vitest';
import { backendsOf, type HttpRule, shareIn, type VirtualService, withShare } from './virtual-service.ts';

const all = { slots: { stable: 'v1', canary: 'v2' }, rule: undefined };
const service = (...http: readonly HttpRule[]): VirtualService => ({
  metadata: { name: 'qwen' },
  spec: { http },
});
const to = (subset: string, weight?: number) => ({
  destination: { host: 'qwen.llm.svc.cluster.local', subset },
  ...(weight === undefined ? {} : { weight }),
});

it('a VirtualService names its backends by subset, else by the first part of the host', () => {
  const hosts = {
    route: [{ destination: { host: 'qwen-stable.llm.svc' } }, { destination: { host: 'qwen-canary' } }],
  };
  expect(backendsOf(service(hosts, { route: [to('v1'), to('v2')] }))).toEqual([
    'qwen-stable',
    'qwen-canary',
    'v1',
    'v2',
  ]);
});

it('a weight that is not given is nothing beside others', () => {
  expect(shareIn(service({ route: [to('v1', 100), to('v2')] }), all)).toBe(0);
  expect(shareIn(service({ route: [to('v1', 75), to('v2', 25)] }), all)).toBe(25);
});

it('a share is set in each rule with both, and nothing else changes', () => {
  const eu = {
    name: 'eu',
    match: [{ headers: { region: { exact: 'eu' } } }],
    route: [to('v1', 1), to('v2', 0)],
  };
  const old = { route: [to('v1')], timeout: '600s' };
  const changed = withShare(service(eu, old), 1_250, all);
  expect(changed).toEqual([{ ...eu, route: [to('v1', 8_750), to('v2', 1_250)] }, old]);
  expect(withShare(service(...(changed as HttpRule[])), 1_250, all)).toBeUndefined();
  expect(shareIn(service(...(changed as HttpRule[])), all)).toBe(12.5);
});
