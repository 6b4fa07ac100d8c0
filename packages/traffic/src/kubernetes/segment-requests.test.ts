import type { KubernetesObject } from '@sluice/kubernetes';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrowing as ofRoutes } from '../gateway-api/narrowing.ts';
import { type Match, type Route, type Rule, routeRules } from '../gateway-api/route.ts';
import {
  type HttpRule,
  httpRules,
  narrowing as ofServices,
  type VirtualService,
} from '../istio/virtual-service.ts';
import { SegmentRules } from './segment-rules.ts';

const steered = { slots: { stable: 'v1', canary: 'v2' }, rule: undefined };

/** Annotations and spec after a merge patch. */
function patched<T extends KubernetesObject>(object: T, patch: object | undefined): T {
  return {
    ...object,
    ...patch,
    metadata: { ...object.metadata, ...(patch as Partial<T> | undefined)?.metadata },
  };
}

interface Requested {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

const is = (pattern: string, value = '') =>
  pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'i').test(value) : pattern === value;
const under = (prefix: string, path: string) =>
  prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);

/** The rule that a gateway takes, as the Gateway API's reference orders matches. */
function takenByRoute({ spec }: Route, { path, method, headers }: Requested): Rule | undefined {
  const matches = (match: Match) =>
    (match.path?.type === 'Exact' ? match.path.value === path : under(match.path?.value ?? '/', path)) &&
    (match.method ?? method) === method &&
    (match.headers ?? []).every(({ name, value }) => is(value, headers[name]));
  const rank = ({ path: asked, method: verb, headers: asks = [] }: Match) => [
    asked?.type === 'Exact' ? 1 : 0,
    (asked?.value ?? '/').replace(/\/$/, '').length,
    verb ? 1 : 0,
    asks.length,
  ];
  const found = (spec.rules ?? []).flatMap((rule) =>
    (rule.matches?.length ? rule.matches : [{}])
      .filter(matches)
      .map((match) => ({ rule, rank: rank(match) })),
  );
  const by = (a: readonly number[], b: readonly number[]) =>
    a.map((one, i) => (b[i] as number) - one).find((difference) => difference !== 0) ?? 0;
  return found.sort((a, b) => by(a.rank, b.rank))[0]?.rule;
}

/** The rule that Istio takes: the first. */
function takenByService({ spec }: VirtualService, { path, headers }: Requested): HttpRule | undefined {
  type Asked = { uri?: { prefix: string }; headers?: Record<string, { exact?: string; regex?: string }> };
  return spec.http?.find(({ match }) =>
    ((match?.length ? match : [{}]) as Asked[]).some(
      (one) =>
        under(one.uri?.prefix ?? '/', path) &&
        Object.entries(one.headers ?? {}).every(([name, { exact, regex }]) =>
          is(exact ?? regex ?? '', headers[name]),
        ),
    ),
  );
}

const both = {
  backendRefs: [
    { name: 'v1', port: 80, weight: 1 },
    { name: 'v2', port: 80, weight: 0 },
  ],
};
const route = (...rules: readonly Rule[]): Route => ({ metadata: { name: 'qwen' }, spec: { rules } });
const v1 = { path: { type: 'PathPrefix', value: '/v1' } };

const pick = <V>(...values: readonly V[]) => fc.constantFrom(...values);
const request: fc.Arbitrary<Requested> = fc.record({
  path: pick('/', '/v1', '/v1/chat', '/docs'),
  method: pick('GET', 'POST'),
  headers: fc.dictionary(pick('x-region', 'x-beta'), pick('eu', 'EU', 'asia', '1'), { maxKeys: 2 }),
});
const wanted = pick(
  { 'x-region': ['eu'] },
  { 'x-region': ['eu', 'us'], 'x-beta': ['1'] },
  { 'x-tenant': ['acme'], 'x-region': ['eu'] },
);
const inside = (segments: Record<string, readonly string[]>, { headers }: Requested) =>
  Object.entries(segments).every(([name, values]) => values.includes(headers[name]?.toLowerCase() ?? ''));

describe('whatever rules there are', () => {
  const header = fc.record({ name: pick('x-region', 'x-beta', 'x-tenant'), value: pick('eu', 'asia', '1') });
  const match = fc.record(
    {
      path: fc.record({ type: pick('PathPrefix', 'Exact'), value: pick('/', '/v1') }),
      method: pick('GET', 'POST'),
      headers: fc.uniqueArray(header, { maxLength: 2, selector: ({ name }) => name }),
    },
    { requiredKeys: [] },
  );
  const named = (rules: readonly Rule[]) => rules.map((rule, i): Rule => ({ ...rule, name: `r${i}` }));
  const rule: fc.Arbitrary<Rule> = fc
    .tuple(fc.array(match, { maxLength: 2 }), fc.boolean())
    .map(([matches, split]) => ({ matches, ...(split ? both : { backendRefs: [{ name: 'other' }] }) }));

  it('a gateway answers who is in no segment by the rule that did, and the others by that one’s part', () => {
    const rules = new SegmentRules(routeRules, ofRoutes('pattern'), steered);
    const tried = { told: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        wanted,
        fc.array(request, { minLength: 5 }),
        (some, segments, requests) => {
          const before = route(...named([...some, { matches: [v1], ...both }]));
          let after: Route;
          try {
            after = patched(before, rules.told(before, segments, 'stable'));
            tried.told++;
          } catch {
            tried.refused++;
            return;
          }
          after = patched(after, rules.moved(after, 2_500));
          for (const one of requests) {
            const [was, now] = [takenByRoute(before, one), takenByRoute(after, one)];
            expect(now?.name?.replace(/-segment$/, '')).toBe(was?.name);
            if (was?.backendRefs?.length !== 2) expect(now).toEqual(was);
            else
              expect(now?.backendRefs?.map(({ weight }) => weight)).toEqual(
                inside(segments, one) ? [7_500, 2_500] : [10_000, 0],
              );
          }
          const back = patched(after, rules.moved(after, 0));
          const said = ({ spec }: Route) =>
            spec.rules?.map(({ backendRefs, ...rest }) => [rest, backendRefs?.length]);
          expect(said(patched(back, rules.told(back, {}, 'stable')))).toEqual(said(before));
        },
      ),
      { numRuns: 500 },
    );
    expect(tried.told).toBeGreaterThan(50);
    expect(tried.refused).toBeGreaterThan(5);
  });

  it('so does Istio, which takes the first that matches', () => {
    const rules = new SegmentRules(httpRules, ofServices, steered);
    const to = (subset: string, weight: number) => ({ destination: { host: 'qwen', subset }, weight });
    const http: fc.Arbitrary<HttpRule> = fc
      .tuple(
        fc.array(
          fc.record(
            {
              uri: fc.record({ prefix: pick('/', '/v1') }),
              headers: fc.dictionary(
                pick('x-region', 'x-beta'),
                fc.record({ exact: pick('eu', 'EU', 'asia', '1') }),
              ),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
        fc.boolean(),
      )
      .map(([matches, split]) => ({
        match: matches,
        route: split ? [to('v1', 100), to('v2', 0)] : [to('v0', 1)],
      }));
    fc.assert(
      fc.property(
        fc.array(http, { maxLength: 4 }),
        wanted,
        fc.array(request, { minLength: 5 }),
        (some, segments, requests) => {
          const last = { route: [to('v1', 100), to('v2', 0)] };
          const before: VirtualService = {
            metadata: { name: 'qwen' },
            spec: { http: [...some, last].map((one, i) => ({ ...one, name: `r${i}` })) },
          };
          const told = patched(before, rules.told(before, segments, 'stable'));
          const after = patched(told, rules.moved(told, 2_500));
          for (const one of requests) {
            const [was, now] = [takenByService(before, one), takenByService(after, one)];
            expect(now?.name?.replace(/-segment$/, '')).toBe(was?.name);
            if (was?.route?.length !== 2) expect(now).toEqual(was);
            else
              expect(now?.route?.map(({ weight }) => weight)).toEqual(
                inside(segments, one) ? [7_500, 2_500] : [10_000, 0],
              );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
