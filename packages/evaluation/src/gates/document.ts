import { readDocument } from '@sluice/contract';
import * as z from 'zod/mini';
import type { Rule as ReviewRule } from '../review/count/count.ts';
import { PREDICTION_SCORES } from '../scorers/prediction-scores.ts';
import { REVIEW_DEFAULTS, type ReviewGate, reviewGate } from './review-gate.ts';

const share = z.number().check(z.gte(0), z.lte(1));
const positive = z.number().check(z.gt(0));
const openUnit = z.number().check(z.gt(0), z.lt(1));
const finite = z.number();
const name = z.string().check(z.minLength(1));
const baseline = z.literal('baseline');

/** The rules a gate may have; each gate has exactly one. */
const RULES = ['at-least', 'at-most', 'not-worse-than', 'better-than', 'equivalent-to'] as const;
export type Rule = (typeof RULES)[number];

const gateShape = z.strictObject({
  metric: name,
  name: z.optional(name),
  'at-least': z.optional(finite),
  'at-most': z.optional(finite),
  'not-worse-than': z.optional(baseline),
  'better-than': z.optional(baseline),
  'equivalent-to': z.optional(baseline),
  margin: z.optional(z.number().check(z.gte(0))),
  per: z.optional(name),
  proven: z.optional(z.boolean()),
  better: z.optional(z.enum(['higher', 'lower'])),
  test: z.optional(z.enum(['auto', 'bootstrap'])),
  cluster: z.optional(name),
  'agreement-at-least': z.optional(z.number().check(z.gte(-1), z.lte(1))),
});

const gate = gateShape.check((context) => {
  for (const problem of problemsOf(context.value)) {
    context.issues.push({ code: 'custom', input: context.value, ...problem });
  }
});

type Problem = { readonly message: string; readonly path: (string | number)[] };

function problemsOf(gate: z.infer<typeof gateShape>): Problem[] {
  const rules = RULES.filter((rule) => gate[rule] !== undefined);
  if (rules.length !== 1) {
    const given = rules.length === 0 ? 'none is given' : `${rules.join(' and ')} are given`;
    return [{ message: `a gate has exactly one of ${RULES.join(', ')}; ${given}`, path: [] }];
  }
  const rule = rules[0] as Rule;
  const problems: Problem[] = [];
  const needsMargin = rule === 'not-worse-than' || rule === 'equivalent-to';
  if (needsMargin && !(gate.margin !== undefined && gate.margin > 0)) {
    problems.push({
      message: `${rule} needs a margin above 0: no data can prove "not worse at all"`,
      path: gate.margin === undefined ? [] : ['margin'],
    });
  }
  const absolute = rule === 'at-least' || rule === 'at-most';
  if (absolute && gate.margin !== undefined)
    problems.push({ message: `${rule} takes no margin`, path: ['margin'] });
  if (absolute && gate.better !== undefined)
    problems.push({ message: `${rule} already says the direction`, path: ['better'] });
  if (rule === 'equivalent-to' && gate.proven === false) {
    problems.push({ message: 'an equivalence is always proven', path: ['proven'] });
  }
  return problems;
}

const review = reviewGate.check((context) => {
  for (const problem of problemsOf(reviewSpec(context.value))) {
    context.issues.push({ code: 'custom', input: context.value, ...problem });
  }
});

const gatesShape = z.strictObject({
  dataset: z._default(z.enum(['fixed', 'may-differ']), 'fixed'),
  prompts: z._default(z.enum(['same', 'may-differ']), 'same'),
  confidence: z.optional(z.number().check(z.gt(0.5), z.lt(1))),
  gates: z.array(gate).check(z.minLength(1, 'no gates: what is not asked can never be approved')),
  missing: z.optional(z.strictObject({ 'at-most': share })),
  cluster: z.optional(name),
  columns: z.optional(
    z.strictObject({
      id: z.optional(name),
      input: z.optional(name),
      target: z.optional(name),
      answer: z.optional(name),
      task: z.optional(name),
      error: z.optional(name),
      scores: z.optional(z.array(name).check(z.minLength(1))),
    }),
  ),
  scores: z.optional(z.array(z.enum(PREDICTION_SCORES)).check(z.minLength(1))),
  positive: z.optional(z.union([name, z.number(), z.boolean()])),
  chinese: z._default(z.enum(['characters', 'jieba', 'auto']), 'characters'),
  stop: z.optional(z.enum(['planned-looks', 'when-decided'])),
  seed: z._default(z.int().check(z.gte(0)), 0),
  leakage: z.optional(
    z.strictObject({
      train: name,
      'at-most': z._default(share, 0),
      ngram: z._default(z.int().check(z.gte(2), z.lte(100)), 13),
      overlap: z._default(z.number().check(z.gt(0), z.lte(1)), 0.5),
    }),
  ),
  review: z.optional(review),
  power: z.optional(
    z.strictObject({
      detect: positive,
      with: z._default(openUnit, 0.8),
      otherwise: z._default(z.enum(['undecided', 'reject']), 'undecided'),
    }),
  ),
});

/** The schema of a gates document. */
export const gatesDocument = gatesShape.check((context) => {
  const { value } = context;
  for (const problem of [...namesakes(value), ...(value.stop ? unstoppable(value) : [])]) {
    context.issues.push({ code: 'custom', input: value, ...problem });
  }
});

export type GatesDocument = z.infer<typeof gatesShape>;
export type GateSpec = GatesDocument['gates'][number];

/** The human review's rule as a gate. */
export function reviewSpec(review: ReviewGate): GateSpec {
  const { samples: _, 'acceptable-from': __, disagreement: ___, reviewers: ____, ...rule } = review;
  return { metric: 'review', ...rule };
}

/** The gates document's JSON Schema, for completion in editors. */
export function gatesSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sluice gates',
    ...z.toJSONSchema(gatesDocument, { io: 'input', unrepresentable: 'any' }),
  };
}

/**
 * Reads gates from YAML or JSON.
 * @throws UserError with line and column of every problem at once
 */
export function readGates(text: string, source: string): GatesDocument {
  return readDocument(text, source, gatesDocument);
}

/** Gates are told apart by their names. */
function namesakes({ gates }: z.infer<typeof gatesShape>): Problem[] {
  const seen = new Set<string>();
  return gates.flatMap((gate, i) => {
    const label = gateName(gate);
    if (!seen.has(label)) {
      seen.add(label);
      return [];
    }
    return [
      {
        message: `gate ${i + 1} is called "${label}" like one before it; give it a \`name\``,
        path: ['gates', i],
      },
    ];
  });
}

/** What is looked at several times needs tests that allow it: those of paired 0/1 scores against a margin. */
function unstoppable(gates: z.infer<typeof gatesShape>): Problem[] {
  const hint = `\`stop: ${gates.stop}\` decides \`not-worse-than\` with a margin on 0/1 scores of all items, and at-least or at-most by the estimate; leave \`stop\` out, or this`;
  const problems: Problem[] = gates.gates.flatMap((gate, i) => {
    const rule = ruleOf(gate);
    const absolute = rule === 'at-least' || rule === 'at-most';
    const stoppable = absolute
      ? !gate.proven
      : rule === 'not-worse-than' && gate.test !== 'bootstrap' && gate.proven !== false;
    if (stoppable && gate.per === undefined && gate.cluster === undefined) return [];
    return [{ message: `(${gateName(gate)}) cannot be stopped early: ${hint}`, path: ['gates', i] }];
  });
  if (gates.review !== undefined)
    problems.push({
      message: `is of results that are there, so it cannot be stopped early: ${hint}`,
      path: ['review'],
    });
  if (gates.cluster !== undefined)
    problems.push({ message: `items in clusters cannot be stopped early: ${hint}`, path: ['cluster'] });
  return problems;
}

export function ruleOf(gate: GateSpec): Rule {
  return RULES.find((rule) => gate[rule] !== undefined) as Rule;
}

/** How the ratings of several reviewers are joined; the defaults where the document asks for no review. */
export function reviewRule(document: Pick<GatesDocument, 'review'>): ReviewRule {
  const { disagreement, 'acceptable-from': acceptableFrom } = document.review ?? REVIEW_DEFAULTS;
  return { disagreement, acceptableFrom };
}

/** Whether a gate compares with the baseline. */
export function isComparison(gate: GateSpec): boolean {
  const rule = ruleOf(gate);
  return rule !== 'at-least' && rule !== 'at-most';
}

/** A gate's own name, else its rule as a phrase. */
export function gateName(gate: GateSpec): string {
  if (gate.name !== undefined) return gate.name;
  const rule = ruleOf(gate);
  const bound = rule === 'at-least' || rule === 'at-most' ? ` ${gate[rule]}` : ' baseline';
  const margin = gate.margin ? ` (margin ${gate.margin})` : '';
  return `${gate.metric} ${rule.replaceAll('-', ' ')}${bound}${margin}${gate.per ? ` per ${gate.per}` : ''}${gate.proven ? ', proven' : ''}`;
}

/** The columns of the items that the gates need: slices and clusters. */
export function slicesNeeded(gates: GatesDocument): string[] {
  const names = [gates.cluster, ...gates.gates.flatMap((gate) => [gate.per, gate.cluster])];
  return [...new Set(names.filter((n) => n !== undefined))];
}
