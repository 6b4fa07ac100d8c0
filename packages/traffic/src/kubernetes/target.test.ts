import { describe, expect, it } from 'vitest';
import { namesObject, parseObjectTarget } from './target.ts';

const parse = (target: string) => parseObjectTarget(target, ['HTTPRoute', 'GRPCRoute'], ['rule']);

describe('the target of a Kubernetes object', () => {
  it('names namespace, kind and name, and what the driver needs besides', () => {
    expect(parse('llm/HTTPRoute/qwen')).toEqual({
      namespace: 'llm',
      kind: 'HTTPRoute',
      name: 'qwen',
      options: {},
    });
    expect(parse('llm/grpcroute/qwen.v1?rule=chat&context=prod')).toEqual({
      namespace: 'llm',
      kind: 'GRPCRoute',
      name: 'qwen.v1',
      options: { rule: 'chat', context: 'prod' },
    });
  });

  it('is refused with what is allowed for anything else', () => {
    for (const [target, why] of [
      ['HTTPRoute/qwen', /three parts/],
      ['llm/HTTPRoute/qwen/x', /three parts/],
      ['llm/HTTPRute/qwen', /did you mean HTTPRoute/],
      ['llm/HTTPRoute/Qwen', /no Kubernetes object/],
      ['../HTTPRoute/qwen', /no Kubernetes object/],
      ['llm/HTTPRoute/qwen?rul=chat', /did you mean rule/],
      ['llm/HTTPRoute/qwen?rule=', /empty rule/],
      ['llm/HTTPRoute/qwen?rule=a&rule=b', /rule twice/],
      ['', /Allowed: <namespace>\/HTTPRoute\|GRPCRoute\/<name>/],
    ] as const)
      expect(() => parse(target)).toThrow(why);
  });

  it('is known again as the object that a manifest holds', () => {
    const route = { namespace: 'llm', kind: 'HTTPRoute', name: 'qwen' };
    expect(namesObject('llm/HTTPRoute/qwen?rule=chat', route)).toBe(true);
    expect(namesObject('llm/httproute/qwen', route)).toBe(true);
    for (const other of [
      { namespace: 'lab' },
      { namespace: undefined },
      { kind: 'Service' },
      { name: 'qwen-2' },
    ])
      expect(namesObject('llm/HTTPRoute/qwen', { ...route, ...other })).toBe(false);
    expect(namesObject('tcp:gateway:9999?frontend=users', route)).toBe(false);
  });
});
