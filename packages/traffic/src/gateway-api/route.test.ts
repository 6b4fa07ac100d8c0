import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as kind from '../kubernetes/rule-kind.ts';
import type { Steered } from '../kubernetes/rules.ts';
import { slotsIn } from '../kubernetes/slots.ts';
import { type Route, type Rule, routeRules } from './route.ts';
import { takenUp, troubles } from './standing.ts';

const shareIn = (route: Route, steered: Steered) => kind.shareIn(routeRules, route, steered);
const withShare = (route: Route, points: number, steered: Steered) =>
  kind.withShare(routeRules, route, points, steered);
const backendsOf = (route: Route) => kind.backendsOf(routeRules, route);

const slots = { stable: 'qwen-stable', canary: 'qwen-canary' };
const all = { slots, rule: undefined };
const route = (...rules: readonly Rule[]): Route => ({
  metadata: { name: 'qwen', generation: 2 },
  spec: { rules },
});
const split = (stable?: number, canary?: number, name?: string): Rule => ({
  ...(name === undefined ? {} : { name }),
  backendRefs: [
    { name: 'qwen-stable', port: 80, ...(stable === undefined ? {} : { weight: stable }) },
    { name: 'qwen-canary', port: 80, ...(canary === undefined ? {} : { weight: canary }) },
  ],
});

describe('the share of a route', () => {
  it('is the canary’s part of both weights, where a weight that is not given is 1', () => {
    expect(shareIn(route(split(9_900, 100)), all)).toBe(1);
    expect(shareIn(route(split(3, 1)), all)).toBe(25);
    expect(shareIn(route(split()), all)).toBe(50);
    expect(shareIn(route(split(1, 0)), all)).toBe(0);
    expect(shareIn(route(split(0, 5)), all)).toBe(100);
    expect(shareIn(route(split(0, 0)), all)).toBe(0);
  });

  it('is none that was ever set where rules differ, and of one rule where one is named', () => {
    const two = route(split(50, 50, 'chat'), split(100, 0, 'embed'));
    expect(shareIn(two, all)).toBe(25);
    expect(shareIn(two, { slots, rule: 'chat' })).toBe(50);
    expect(() => shareIn(two, { slots, rule: 'chats' })).toThrow(/no rule "?'?chats/);
  });

  it('is set in every rule with both backends and leaves the rest as it is', () => {
    const only: Rule = { backendRefs: [{ name: 'qwen-stable', port: 80 }] };
    const odd = { ...split(1, 1), matches: [{ headers: [{ name: 'x-region', value: 'eu' }] }], filters: [] };
    const rules = withShare(route(odd, only, split(1, 1)), 2_500, all);
    expect(rules).toEqual([{ ...odd, ...split(7_500, 2_500) }, only, split(7_500, 2_500)]);
    expect(withShare(route(...(rules as Rule[])), 2_500, all)).toBeUndefined();
  });

  it('is what was set, for every share and any weights before', () => {
    const weight = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(weight, weight, fc.integer({ min: 0, max: 10_000 }), (stable, canary, points) => {
        const before = route(split(stable, canary), split(canary, stable));
        const rules = withShare(before, points, all) ?? before.spec.rules ?? [];
        expect(shareIn(route(...rules), all)).toBe(points / 100);
      }),
    );
  });

  it('is not told of a rule that sends users to a third backend', () => {
    const third: Rule = { backendRefs: [...(split(1, 1).backendRefs ?? []), { name: 'old' }] };
    expect(() => shareIn(route(third), all)).toThrow(/sends users to old as well/);
    const idle: Rule = { backendRefs: [...(split(1, 1).backendRefs ?? []), { name: 'old', weight: 0 }] };
    expect(shareIn(route(idle), all)).toBe(50);
  });
});

describe('the backends of the slots', () => {
  it('are named by the target, by their address in the cluster, or by their own names', () => {
    const given = { stable: 'http://qwen-stable.llm.svc:8000', canary: 'qwen-canary' };
    expect(slotsIn('qwen', backendsOf(route(split())), {}, given)).toEqual(slots);
    expect(slotsIn('qwen', backendsOf(route(split())), {}, {})).toEqual(slots);
    expect(slotsIn('qwen', backendsOf(route(split())), {}, { stable: 'http://127.0.0.1:8000' })).toEqual(
      slots,
    );
    const swapped = { stable: 'qwen-canary', canary: 'qwen-stable' };
    expect(slotsIn('qwen', backendsOf(route(split())), swapped, given)).toEqual(swapped);
  });

  it('are asked for where they are not clear', () => {
    const plain: Rule = { backendRefs: [{ name: 'a' }, { name: 'b' }] };
    expect(() => slotsIn('qwen', backendsOf(route(plain)), {}, {})).toThrow(
      /it has a, b\. Name it in the target: \?stable=/,
    );
    expect(() => slotsIn('qwen', backendsOf(route(plain)), { stable: 'a', canary: 'a' }, {})).toThrow(
      /both a/,
    );
  });
});

describe('what gateways say of a route', () => {
  const said = (status: 'True' | 'False', observedGeneration: number): Route => ({
    ...route(split()),
    status: {
      parents: [
        {
          parentRef: { name: 'public' },
          controllerName: 'example.com/gateway',
          conditions: [
            { type: 'Accepted', status: 'True', observedGeneration },
            {
              type: 'ResolvedRefs',
              status,
              reason: 'BackendNotFound',
              message: 'no qwen-canary',
              observedGeneration,
            },
          ],
        },
      ],
    },
  });

  it('is waited for until they have seen this generation', () => {
    expect([takenUp(said('True', 2)), takenUp(said('True', 1)), takenUp(route(split()))]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is told where they refuse it, lag behind, or are none', () => {
    expect(troubles(said('True', 2))).toEqual([]);
    expect(troubles(said('False', 2))).toEqual([
      'gateway public says ResolvedRefs=False of qwen: BackendNotFound no qwen-canary',
    ]);
    expect(troubles(said('True', 1))).toEqual([
      'gateway public has not taken up the last change of qwen yet',
    ]);
    expect(troubles(route(split()))[0]).toMatch(/no gateway has taken/);
  });
});
