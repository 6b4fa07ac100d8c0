import { type Percent, SystemError, UserError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import type { Segments, Slot } from '../router.ts';
import { plainSegments } from '../segments.ts';
import { type Narrowing, type RuleKind, readRules } from './rule-kind.ts';
import { type Steered, shareOver, steeredRules, type WeightedRule, weighs, weightsFor } from './rules.ts';
import { digestOf, noteIn, SEGMENTS, type SegmentNote } from './segment-note.ts';

/** A rule, and what it is for the segments. */
interface Sorted<R> extends WeightedRule {
  readonly rule: R;
  readonly digest: string;
  readonly ours: boolean;
  readonly inside: boolean;
}

/**
 * Segments in rules: before each rule that is steered stands one for its users in the segments, which takes the share, and the
 * rule itself sends all others to one slot. What the rules say else is never touched, and those that were added are known by what
 * they say: whatever else is written into the object meanwhile stays.
 */
export class SegmentRules<T extends KubernetesObject, R extends object> {
  readonly #kind: RuleKind<T, R>;
  readonly #narrowing: Narrowing<R>;
  readonly #steered: Steered;

  constructor(kind: RuleKind<T, R>, narrowing: Narrowing<R>, steered: Steered) {
    this.#kind = kind;
    this.#narrowing = narrowing;
    this.#steered = steered;
  }

  /** Share of slot `canary` among those whom it counts for; none that was ever set where the others are not where they belong. */
  share(object: T): Percent {
    const note = noteIn(object);
    const chosen = this.#chosen(object, this.#sorted(object, note));
    const { slots } = this.#steered;
    const inside = chosen.filter((one) => one.inside);
    const apart = note && inside.length > 0 && chosen.every((one) => one.inside || isAt(one, note.outside));
    return shareOver(apart ? inside : chosen, slots);

    function isAt(one: WeightedRule, slot: Slot): boolean {
      return shareOver([one], slots) === pointsOf(slot) / 100;
    }
  }

  /** The rules with another share; undefined where they have it already. @param points hundredths of a percent */
  moved(object: T, points: number): object | undefined {
    const note = noteIn(object);
    const rules = this.#sorted(object, note);
    const chosen = this.#chosen(object, rules);
    // with nobody inside, the share would be one of everybody; all others are told where they belong
    if (note && points !== pointsOf(note.outside) && !chosen.some(({ inside }) => inside))
      throw new SystemError(
        `The rules that ${object.metadata.name} had for the segments are gone: something has written the object anew. Nobody was moved; the next tick puts them back.`,
      );
    const aim = ({ inside }: Sorted<R>) =>
      weightsFor(note && !inside ? pointsOf(note.outside) : points, this.#steered.slots);
    if (chosen.every((one) => weighs(one, aim(one)))) return undefined;
    const found = new Set(chosen.map(({ rule }) => rule));
    return this.#kind.patch(
      rules.map((one) => (found.has(one.rule) ? this.#kind.weighted(one.rule, aim(one)) : one.rule)),
    );
  }

  /** Whom the share counts for: nobody (a header without values) where a rule that was made for it is gone. */
  segments(object: T): Segments {
    const note = noteIn(object);
    if (!note) return {};
    const there = new Set(this.#kind.rulesIn(object).map((rule) => this.#digest(rule)));
    return [...note.added, ...note.whole].every((digest) => there.has(digest))
      ? note.segments
      : Object.fromEntries(Object.keys(note.segments).map((header) => [header, []]));
  }

  /**
   * Lets the share count for the users of the segments alone, and sends all others to the slot `outside`; undefined where it is so.
   * @throws UserError where the rules leave no room for it
   */
  told(object: T, segments: Segments, outside: Slot): object | undefined {
    const wanted = plainSegments(segments);
    const note = noteIn(object);
    const nobody = Object.keys(wanted).length === 0;
    if (!note && nobody) return undefined;
    const points = Math.round(this.share(object) * 100);
    const { slots } = this.#steered;
    const own = this.#sorted(object, note).filter(({ ours }) => !ours);
    const chosen = new Set(this.#chosen(object, own).map(({ rule }) => rule));
    if (nobody) {
      const weights = weightsFor(points, slots);
      const rules = own.map(({ rule }) => (chosen.has(rule) ? this.#kind.weighted(rule, weights) : rule));
      return { metadata: { annotations: { [SEGMENTS]: null } }, ...this.#kind.patch(rules) };
    }
    const parts = own.map(({ rule }) =>
      chosen.has(rule) ? this.#narrowing.narrowed(rule, wanted) : undefined,
    );
    const { name } = object.metadata;
    if (parts.every((part) => part === undefined))
      throw new UserError(
        `segments: no rule of ${name} that has both backends is for users of ${Object.keys(wanted).join(' and ')}: each asks for other values of these headers already.`,
      );
    this.#narrowing.check?.(
      name,
      own.map(({ rule }) => rule),
      parts,
    );
    return this.#written(object, { segments: wanted, outside }, own, parts, points);
  }

  #written(
    object: T,
    { segments, outside }: Pick<SegmentNote, 'segments' | 'outside'>,
    own: readonly Sorted<R>[],
    parts: readonly (R | undefined)[],
    points: number,
  ): object | undefined {
    const { slots } = this.#steered;
    const [aim, rest] = [weightsFor(points, slots), weightsFor(pointsOf(outside), slots)];
    const [added, whole]: [string[], string[]] = [[], []];
    const names = new Set(own.flatMap(({ name }) => name ?? []));
    const chosen = new Set(this.#chosen(object, own).map(({ rule }) => rule));
    const rules = own.flatMap(({ rule, name, digest }, i) => {
      if (!chosen.has(rule)) return [rule];
      const part = parts[i];
      const left = this.#kind.weighted(rule, rest);
      if (!part) return [left];
      if (this.#digest(part) === digest) {
        whole.push(digest);
        return [this.#kind.weighted(rule, aim)];
      }
      const named =
        name === undefined ? part : this.#narrowing.named(part, freeName(`${name}-segment`, names));
      const made = this.#kind.weighted(named, aim);
      added.push(this.#digest(made));
      return [made, left];
    });
    const twice = own.find(({ digest }) => added.includes(digest));
    if (twice || new Set(added).size < added.length)
      throw new UserError(
        `segments: ${object.metadata.name} has a rule already that says what the one for the segments would; which is whose could not be told apart. Steer it alone: ?rule=<name>.`,
      );
    const note: SegmentNote = { segments, outside, added, whole };
    const same =
      JSON.stringify(noteIn(object)) === JSON.stringify(note) &&
      digestOf(rules) === digestOf(this.#kind.rulesIn(object));
    return same
      ? undefined
      : { metadata: { annotations: { [SEGMENTS]: JSON.stringify(note) } }, ...this.#kind.patch(rules) };
  }

  #sorted(object: T, note: SegmentNote | undefined): readonly Sorted<R>[] {
    return readRules(this.#kind, object).map((read) => {
      const digest = this.#digest(read.rule);
      const ours = note?.added.includes(digest) ?? false;
      // a rule that was made from the one that is named is steered with it
      const name = ours ? this.#steered.rule : read.name;
      return { ...read, name, digest, ours, inside: ours || (note?.whole.includes(digest) ?? false) };
    });
  }

  #chosen(object: T, rules: readonly Sorted<R>[]): readonly Sorted<R>[] {
    return steeredRules(object.metadata.name, rules, this.#steered);
  }

  /** What a rule says but for its weights. */
  #digest(rule: R): string {
    const { backends } = this.#kind.plain(rule);
    return digestOf(this.#kind.weighted(rule, Object.fromEntries(backends.map(({ name }) => [name, 0]))));
  }
}

/** A name that no rule has; it has one from now on. */
function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
  taken.add(name);
  return name;
}

/** Everybody at a slot, in hundredths of a percent of slot `canary`. */
const pointsOf = (slot: Slot): number => (slot === 'canary' ? 10_000 : 0);
