import type { KubernetesObject } from '@sluice/kubernetes';
import { describe, expect, it } from 'vitest';
import { narrowing as ofRoutes } from '../gateway-api/narrowing.ts';
import { type Route, type Rule, routeRules } from '../gateway-api/route.ts';
import { SEGMENTS } from './segment-note.ts';
import { SegmentRules } from './segment-rules.ts';

const slots = { stable: 'v1', canary: 'v2' };
const steered = { slots, rule: undefined };

/** The object after a merge patch of what lies here. */
function patched<T extends KubernetesObject>(object: T, patch: object | undefined): T {
  const { metadata, spec } = (patch ?? {}) as { metadata?: { annotations?: object }; spec?: object };
  const annotations = Object.fromEntries(
    Object.entries({ ...object.metadata.annotations, ...metadata?.annotations }).filter(
      ([, v]) => v !== null,
    ),
  );
  return { ...object, metadata: { ...object.metadata, annotations }, ...(spec && { spec }) } as T;
}

const both = (stable: number, canary: number) => ({
  backendRefs: [
    { name: 'v1', port: 80, weight: stable },
    { name: 'v2', port: 80, weight: canary },
  ],
});
const route = (...rules: readonly Rule[]): Route => ({ metadata: { name: 'qwen' }, spec: { rules } });
const v1 = { path: { type: 'PathPrefix', value: '/v1' } };
const eu = { type: 'RegularExpression', name: 'x-region', value: '(?i)^(?:eu)$' } as const;
const weightsOf = (one: Route) =>
  (one.spec.rules ?? []).map(({ backendRefs }) => backendRefs?.map(({ weight }) => weight));

describe('segments in the rules of a route', () => {
  const rules = new SegmentRules(routeRules, ofRoutes('pattern'), steered);
  const chat: Rule = { name: 'chat', matches: [v1], ...both(1, 0) };
  const other: Rule = {
    name: 'other',
    matches: [{ path: { value: '/docs' } }],
    backendRefs: [{ name: 'docs' }],
  };
  const told = patched(route(other, chat), rules.told(route(other, chat), { 'X-Region': ['EU'] }, 'stable'));

  it('are a rule before the one that it was made from, and that sends all others to one slot', () => {
    expect(told.spec.rules).toEqual([
      other,
      { name: 'chat-segment', matches: [{ ...v1, headers: [eu] }], ...both(10_000, 0) },
      { ...chat, ...both(10_000, 0) },
    ]);
    expect(rules.segments(told)).toEqual({ 'x-region': ['eu'] });
    expect(rules.told(told, { 'x-region': ['eu'] }, 'stable')).toBeUndefined();
  });

  it('are for whom the share counts, and gone with it where it counts for everybody again', () => {
    const half = patched(told, rules.moved(told, 5_000));
    expect(rules.share(half)).toBe(50);
    expect(weightsOf(half)).toEqual([[undefined], [5_000, 5_000], [10_000, 0]]);
    const full = patched(half, rules.moved(half, 10_000));
    expect(patched(full, rules.told(full, {}, 'canary'))).toEqual({
      ...route(other, { ...chat, ...both(0, 10_000) }),
      metadata: { name: 'qwen', annotations: {} },
    });
  });

  it('leave all others at the slot that is live', () => {
    const live = patched(route(chat), rules.moved(route(chat), 10_000));
    const back = patched(live, rules.told(live, { 'x-region': ['eu'] }, 'canary'));
    expect([rules.share(back), weightsOf(back)]).toEqual([
      100,
      [
        [0, 10_000],
        [0, 10_000],
      ],
    ]);
    const moved = patched(back, rules.moved(back, 7_500));
    expect([rules.share(moved), weightsOf(moved)]).toEqual([
      75,
      [
        [2_500, 7_500],
        [0, 10_000],
      ],
    ]);
  });

  it('do not take a share for theirs that somebody gave to all others', () => {
    const moved = patched(told, rules.moved(told, 1_000));
    const [docs, inside, rest] = moved.spec.rules as [Rule, Rule, Rule];
    const changed = { ...moved, spec: { rules: [docs, inside, { ...rest, ...both(50, 50) }] } };
    expect(rules.share(changed)).toBe(30);
    // and the way down puts both right
    expect(weightsOf(patched(changed, rules.moved(changed, 0)))).toEqual([
      [undefined],
      [10_000, 0],
      [10_000, 0],
    ]);
  });

  it('that somebody took away are for nobody, and no share is given to everybody instead', () => {
    const anew = { ...told, spec: { rules: [other, chat] } };
    expect(rules.segments(anew)).toEqual({ 'x-region': [] });
    expect(() => rules.moved(anew, 500)).toThrow(/rules that qwen had for the segments are gone/);
    expect(rules.moved(anew, 0)).toEqual({ spec: { rules: [other, { ...chat, ...both(10_000, 0) }] } });
    expect(patched(anew, rules.told(anew, { 'x-region': ['eu'] }, 'stable'))).toEqual(told);
    expect(patched(anew, rules.told(anew, {}, 'stable')).metadata.annotations).toEqual({});
  });

  it('that somebody changed are his own rule from then on', () => {
    const [docs, inside, rest] = told.spec.rules as [Rule, Rule, Rule];
    const mine = { ...inside, timeouts: { request: '1s' } };
    const changed = { ...told, spec: { rules: [docs, mine, rest] } };
    expect(rules.segments(changed)).toEqual({ 'x-region': [] });
    const again = patched(changed, rules.told(changed, { 'x-region': ['eu'] }, 'stable'));
    expect(again.spec.rules?.map(({ name }) => name)).toEqual([
      'other',
      'chat-segment',
      'chat-segment-2',
      'chat',
    ]);
    const half = patched(again, rules.moved(again, 5_000));
    expect(weightsOf(half).slice(1)).toEqual([
      [5_000, 5_000],
      [5_000, 5_000],
      [10_000, 0],
    ]);
    expect(patched(half, rules.told(half, {}, 'stable')).spec.rules?.[1]).toEqual({
      ...mine,
      ...both(5_000, 5_000),
    });
  });

  it('are a user’s own rule where it is for them already', () => {
    const own: Rule = {
      name: 'eu',
      matches: [{ headers: [{ name: 'X-Region', value: 'EU' }] }],
      ...both(1, 0),
    };
    const asia: Rule = {
      name: 'asia',
      matches: [{ headers: [{ name: 'x-region', value: 'asia' }] }],
      ...both(1, 0),
    };
    const now = patched(route(own, asia), rules.told(route(own, asia), { 'x-region': ['eu'] }, 'stable'));
    const half = patched(now, rules.moved(now, 5_000));
    expect(half.spec.rules).toEqual([
      { ...own, ...both(5_000, 5_000) },
      { ...asia, ...both(10_000, 0) },
    ]);
    expect(rules.share(half)).toBe(50);
    expect(patched(half, rules.told(half, {}, 'stable')).spec.rules?.length).toBe(2);
    const none = { 'x-region': ['us'] };
    expect(() => rules.told(route(own, asia), none, 'stable')).toThrow(/is for users of x-region/);
  });

  it('are of one rule alone where it is named', () => {
    const one = new SegmentRules(routeRules, ofRoutes('pattern'), { slots, rule: 'chat' });
    const embed: Rule = { name: 'embed', matches: [{ path: { value: '/embed' } }], ...both(1, 1) };
    const now = patched(route(chat, embed), one.told(route(chat, embed), { 'x-region': ['eu'] }, 'stable'));
    const half = patched(now, one.moved(now, 5_000));
    expect([one.share(half), weightsOf(half)]).toEqual([
      50,
      [
        [5_000, 5_000],
        [10_000, 0],
        [1, 1],
      ],
    ]);
  });

  it('are values of their own where a gateway knows no patterns', () => {
    const exact = new SegmentRules(routeRules, ofRoutes('exact'), steered);
    const wanted = { 'x-region': ['eu', 'us'], 'x-tenant': ['acme'] };
    const now = patched(route(chat), exact.told(route(chat), wanted, 'stable'));
    const header = (name: string, value: string) => ({ type: 'Exact', name, value });
    expect(now.spec.rules?.[0]?.matches).toEqual(
      ['eu', 'us'].map((region) => ({
        ...v1,
        headers: [header('x-region', region), header('x-tenant', 'acme')],
      })),
    );
    const many = Array.from({ length: 65 }, (_, i) => `t${i}`);
    expect(() => exact.told(route(chat), { 'x-tenant': many }, 'stable')).toThrow(/65 matches in one rule/);
  });

  it('that would take the users of a third rule are refused', () => {
    const beta: Rule = {
      name: 'beta',
      matches: [{ ...v1, headers: [{ name: 'x-beta', value: '1' }] }],
      backendRefs: [{ name: 'v3' }],
    };
    const wanted = { 'x-region': ['eu'] };
    expect(() => rules.told(route(chat, beta), wanted, 'stable')).toThrow(
      /beta of qwen would lose users to the one for the segments of chat/,
    );
    // of two with as many headers the first is taken
    expect(rules.told(route(beta, chat), wanted, 'stable')).toBeDefined();
    expect(() => rules.told(route(beta, chat), { ...wanted, 'x-tenant': ['acme'] }, 'stable')).toThrow(
      /lose users/,
    );
    const asia = { ...beta, matches: [{ ...v1, headers: [{ name: 'x-region', value: 'asia' }] }] };
    expect(rules.told(route(chat, asia), wanted, 'stable')).toBeDefined();
  });

  it('that were made unreadable are no "everybody"', () => {
    for (const text of ['{', '[]', '{"segments":{},"outside":"x","added":[],"whole":[]}']) {
      const odd: Route = { ...route(chat), metadata: { name: 'qwen', annotations: { [SEGMENTS]: text } } };
      expect(() => rules.moved(odd, 0)).toThrow(/is not one of ours/);
    }
  });
});
