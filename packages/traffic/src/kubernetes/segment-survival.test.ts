import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { narrowing } from '../gateway-api/narrowing.ts';
import { type Route, type Rule, routeRules } from '../gateway-api/route.ts';
import type { Segments, Slot } from '../router.ts';
import { SEGMENTS } from './segment-note.ts';
import { SegmentRules } from './segment-rules.ts';

const rules = new SegmentRules(routeRules, narrowing('pattern'), {
  slots: { stable: 'v1', canary: 'v2' },
  rule: undefined,
});

/** What happens to a route: the driver's own writes, and those of others. */
type Event =
  | { readonly do: 'tell'; readonly segments: Segments; readonly outside: Slot }
  | { readonly do: 'move'; readonly points: number }
  | { readonly do: 'insert'; readonly at: number; readonly split: boolean }
  | { readonly do: 'remove' | 'change' | 'swap'; readonly at: number }
  | { readonly do: 'apply' };

const at = fc.nat(5);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    do: fc.constant('tell' as const),
    segments: fc.constantFrom<Segments>({}, { 'x-region': ['eu'] }, { 'x-tenant': ['acme', 'b'] }),
    outside: fc.constantFrom<Slot>('stable', 'canary'),
  }),
  fc.record({ do: fc.constant('move' as const), points: fc.integer({ min: 0, max: 10_000 }) }),
  fc.record({ do: fc.constant('insert' as const), at, split: fc.boolean() }),
  fc.record({ do: fc.constantFrom('remove' as const, 'change' as const, 'swap' as const), at }),
  fc.record({ do: fc.constant('apply' as const) }),
);

const plain = (rule: Rule) => {
  const { backendRefs, ...rest } = rule;
  return { ...rest, backends: backendRefs?.map(({ name }) => name) };
};
const backends = (...names: readonly string[]) => names.map((name) => ({ name, port: 80, weight: 1 }));

/** A route that many write into, and what the others have written. */
class World {
  route: Route;
  #count = 0;

  constructor() {
    this.route = { metadata: { name: 'qwen' }, spec: { rules: [this.#rule(true), this.#rule(false)] } };
  }

  get own(): readonly Rule[] {
    return (this.route.spec.rules ?? []).filter(({ name }) => !name?.includes('-segment'));
  }

  /** @returns whether only the driver wrote */
  take(one: Event): boolean {
    const all = [...(this.route.spec.rules ?? [])];
    const put = (written: readonly Rule[]) => {
      this.route = { ...this.route, spec: { rules: written } };
      return false;
    };
    switch (one.do) {
      case 'tell':
        return this.#patched(() => rules.told(this.route, one.segments, one.outside));
      case 'move':
        return this.#patched(() => rules.moved(this.route, one.points));
      case 'insert':
        return put(all.toSpliced(one.at, 0, this.#rule(one.split)));
      case 'remove':
        return put(all.filter((rule, i) => i !== one.at || rule.name === 'r1'));
      case 'change':
        return put(
          all.map((rule, i) =>
            i === one.at ? { ...rule, timeouts: { request: `${++this.#count}s` } } : rule,
          ),
        );
      case 'swap':
        return put([...all.slice(one.at), ...all.slice(0, one.at)]);
      case 'apply':
        return put(this.own);
    }
  }

  /** A merge patch; a refusal in words changes nothing. */
  #patched(make: () => object | undefined): boolean {
    let patch: { metadata?: { annotations?: Record<string, string | null> }; spec?: Route['spec'] };
    try {
      patch = make() ?? {};
    } catch (error) {
      expect(String(error)).toMatch(/segments|lose users/);
      return true;
    }
    const { [SEGMENTS]: note, ...others } = {
      ...this.route.metadata.annotations,
      ...patch.metadata?.annotations,
    };
    const annotations = { ...others, ...(note ? { [SEGMENTS]: note } : {}) } as Record<string, string>;
    this.route = { metadata: { name: 'qwen', annotations }, spec: patch.spec ?? this.route.spec };
    return true;
  }

  #rule(split: boolean): Rule {
    const name = `r${++this.#count}`;
    const matches = [{ path: { type: 'PathPrefix', value: `/${name}` } }];
    return { name, matches, backendRefs: split ? backends('v1', 'v2') : backends('other') };
  }
}

it('whatever is written by whom and when, others’ rules survive in their order, and a share counts for whom it is told', () => {
  const done = { told: 0, moved: 0 };
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      const world = new World();
      for (const one of events) {
        const [own, route] = [world.own, world.route];
        const driver = world.take(one);
        if (driver) expect(world.own.map(plain)).toEqual(own.map(plain));
        if (world.route === route) continue;
        if (one.do === 'move') {
          expect(rules.share(world.route)).toBe(one.points / 100);
          expect(rules.moved(world.route, one.points)).toBeUndefined();
          done.moved++;
        }
        if (one.do === 'tell') {
          expect(rules.segments(world.route)).toEqual(one.segments);
          expect(rules.told(world.route, one.segments, one.outside)).toBeUndefined();
          done.told++;
        }
      }
      // and in the end nothing of it is left but rules that somebody else has changed
      const own = world.own.map(plain);
      const before = world.route.spec.rules?.length ?? 0;
      world.take({ do: 'tell', segments: {}, outside: 'stable' });
      expect(world.own.map(plain)).toEqual(own);
      expect(world.route.spec.rules?.length).toBeLessThanOrEqual(before);
      expect(rules.segments(world.route)).toEqual({});
    }),
    { numRuns: 500 },
  );
  expect(Math.min(done.told, done.moved)).toBeGreaterThan(100);
});
