import { expect, it } from 'vitest';
import * as kind from '../kubernetes/rule-kind.ts';
import type { Steered } from '../kubernetes/rules.ts';
import { type HttpRule, httpRules, narrowing, type VirtualService } from './virtual-service.ts';

const shareIn = (service: VirtualService, steered: Steered) => kind.shareIn(httpRules, service, steered);
const withShare = (service: VirtualService, points: number, steered: Steered) =>
  kind.withShare(httpRules, service, points, steered);
const backendsOf = (service: VirtualService) => kind.backendsOf(httpRules, service);

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

it('a rule for the users of segments asks for their headers besides, in whatever case', () => {
  const eu = { regex: '(?i)^(?:eu|us)$' };
  const rule = {
    name: 'chat',
    match: [{ uri: { prefix: '/v1' }, headers: { cookie: { prefix: 'a' } } }, { headers: {} }],
    route: [to('v1')],
    timeout: '600s',
  };
  expect(narrowing.narrowed(rule, { 'x-region': ['eu', 'us'], 'x-tenant': ['acme.org'] })).toEqual({
    ...rule,
    match: [
      {
        uri: { prefix: '/v1' },
        headers: { cookie: { prefix: 'a' }, 'x-region': eu, 'x-tenant': { regex: '(?i)^(?:acme\\.org)$' } },
      },
      { headers: { 'x-region': eu, 'x-tenant': { regex: '(?i)^(?:acme\\.org)$' } } },
    ],
  });
  expect(narrowing.narrowed({ route: [] }, { 'x-region': ['eu', 'us'] })).toEqual({
    route: [],
    match: [{ headers: { 'x-region': eu } }],
  });
});

it('a rule that asks for the header already is for them as a whole, or for none of them', () => {
  const asks = (header: object) => ({ match: [{ headers: { 'X-Region': header } }], route: [to('v1')] });
  const narrowed = (header: object) => narrowing.narrowed(asks(header), { 'x-region': ['eu'] });
  expect(narrowed({ exact: 'EU' })).toEqual(asks({ exact: 'EU' }));
  expect(narrowed({ regex: '(?i)^(?:eu)$' })).toEqual(asks({ regex: '(?i)^(?:eu)$' }));
  expect(narrowed({})).toEqual(asks({ regex: '(?i)^(?:eu)$' }));
  expect(narrowed({ exact: 'asia' })).toBeUndefined();
  for (const other of [{ prefix: 'e' }, { regex: 'e.' }])
    expect(() => narrowed(other)).toThrow(/asks for header x-region by '?"?e/);
});
