import type { Decision, Digest, ImageRef, ModelDigest } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../statements/identity.ts';
import { imageStatement, quantizationStatement, trainingStatement } from '../statements/provenance.ts';
import { encodeStatement, type Statement } from '../statements/statement.ts';
import { gateStatement, smokeTestStatement } from '../statements/test-result.ts';
import { provesApproval } from './approval.ts';
import { identityNamed, imageNamed, namedBy } from './named.ts';
import { recordDigest } from './record-set.ts';
import type { RunRecord } from './run-record.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as ModelDigest;
const MODEL: Identity = { model: digest('a') };
const PAIR: Identity = { baseModel: digest('b'), adapter: digest('c') };
const GATES = digest('d') as Digest;
const RESULTS = digest('e') as Digest;
const maker = {
  action: 'eval-gate',
  version: '1.0.0',
  invocation: 'https://ci/o/r/runs/1/attempts/1',
  commit: '1'.repeat(40),
};
const minute = (n: number) => new Date(Date.UTC(2026, 10, 21, 12, n));

function gate(
  decision: Decision,
  at: number,
  more: { identity?: Identity | undefined; gates?: Digest; claimed?: boolean } = {},
) {
  const identity = 'identity' in more ? more.identity : MODEL;
  return gateStatement({
    runId: 'run-0001',
    ...(identity ? { identity } : {}),
    decision,
    gates: [{ name: 'accuracy', decision }],
    gatesDigest: more.gates ?? GATES,
    candidateResults: RESULTS,
    claimed: more.claimed ?? false,
    version: 'toy-v1.0.0',
    metrics: { accuracy: 0.9 },
    maker,
    finishedAt: minute(at),
  });
}

function record(statements: readonly Statement[], unpinned: readonly Statement[] = []): RunRecord {
  const recorded = (list: readonly Statement[]) =>
    list.map((statement) => ({ digest: encodeStatement(statement).digest, statement }));
  return {
    where: '/store/run-0001/record',
    pinned: true,
    signed: false,
    digest: recordDigest([]),
    ref: '' as RunRecord['ref'],
    statements: recorded(statements),
    unpinned: recorded(unpinned),
  };
}
const approved = (r: RunRecord, identity: Identity = MODEL, gatesDigest?: Digest) =>
  provesApproval(r, { identity, gatesDigest }).approved;

describe('an approval', () => {
  it('is of exactly the identity that was judged', () => {
    expect(approved(record([gate('approve', 1)]))).toBe(true);
    expect(approved(record([gate('approve', 1)]), { model: digest('f') })).toBe(false);
    expect(approved(record([gate('approve', 1)]), PAIR)).toBe(false);
    expect(approved(record([gate('approve', 1, { identity: PAIR })]), PAIR)).toBe(true);
    const otherBase: Identity = { baseModel: digest('f'), adapter: digest('c') };
    expect(approved(record([gate('approve', 1, { identity: PAIR })]), otherBase)).toBe(false);
  });

  it('does not follow from anything but a gate that approved', () => {
    expect(approved(record([]))).toBe(false);
    expect(approved(record([gate('undecided', 1)]))).toBe(false);
    expect(approved(record([gate('reject', 1)]))).toBe(false);
    const smoke = smokeTestStatement({
      runId: 'run-0001',
      identity: MODEL,
      report: RESULTS,
      healthy: true,
      checks: [{ name: 'answers', passed: true }],
      maker,
      finishedAt: minute(1),
    });
    expect(approved(record([smoke]))).toBe(false);
  });

  it('is taken away by a later reject, and given again by a later approve', () => {
    expect(approved(record([gate('approve', 1), gate('reject', 2)]))).toBe(false);
    expect(approved(record([gate('reject', 1), gate('approve', 2)]))).toBe(true);
    expect(approved(record([gate('approve', 1), gate('undecided', 2)]))).toBe(true);
    expect(approved(record([gate('approve', 2), gate('reject', 2)]))).toBe(false);
  });

  it('counts under the gates that are asked for', () => {
    const other = digest('9') as Digest;
    const both = record([gate('approve', 1), gate('reject', 2, { gates: other })]);
    expect(approved(both, MODEL, GATES)).toBe(true);
    expect(approved(both, MODEL, other)).toBe(false);
    // whoever does not say which gates is denied by a later reject under any
    expect(approved(both)).toBe(false);
  });

  it('is not given by a statement beside a pinned record, but can be taken away by one', () => {
    expect(approved(record([], [gate('approve', 1)]))).toBe(false);
    expect(approved(record([gate('approve', 1)], [gate('reject', 2)]))).toBe(false);
    expect(approved(record([gate('reject', 1)], [gate('approve', 2)]))).toBe(false);
  });

  it('of results alone is of no model', () => {
    expect(approved(record([gate('approve', 1, { identity: undefined, claimed: true })]))).toBe(false);
  });

  it('on claimed results says so', () => {
    const claimed = provesApproval(record([gate('approve', 1, { claimed: true })]), { identity: MODEL });
    expect(claimed).toMatchObject({ approved: true, claimed: true });
    expect(claimed.reason).toContain('claimed');
    expect(provesApproval(record([gate('approve', 1)]), { identity: MODEL }).claimed).toBe(false);
  });

  it('needs a readable time; a reject does not', () => {
    const timeless = (decision: Decision): Statement => {
      const made = gate(decision, 1);
      return {
        ...made,
        predicate: { ...made.predicate, sluice: { ...made.predicate.sluice, finished_on: 'soon' } },
      };
    };
    expect(approved(record([timeless('approve')]))).toBe(false);
    expect(approved(record([gate('approve', 1), timeless('reject')]))).toBe(false);
  });

  it('never comes from an unknown decision', () => {
    const made = gate('approve', 1);
    const odd = {
      ...made,
      predicate: { ...made.predicate, sluice: { ...made.predicate.sluice, decision: '' } },
    };
    expect(() => approved(record([odd as Statement]))).toThrow(/decision ''/);
  });

  it('is monotonic: without one of its approvals nothing becomes allowed, and the order is of no account', () => {
    const decision = fc.constantFrom<Decision>('approve', 'reject', 'undecided');
    const verdicts = fc.array(fc.tuple(decision, fc.integer({ min: 0, max: 9 })), { maxLength: 8 });
    fc.assert(
      fc.property(verdicts, (list) => {
        const statements = list.map(([d, at]) => gate(d, at));
        const now = approved(record(statements));
        expect(approved(record([...statements].reverse()))).toBe(now);
        const latest = (wanted: Decision) =>
          Math.max(-1, ...list.filter(([d]) => d === wanted).map(([, at]) => at));
        expect(now).toBe(latest('approve') > latest('reject'));
        if (!now)
          for (const [i, [d]] of list.entries())
            if (d === 'approve') expect(approved(record(statements.toSpliced(i, 1)))).toBe(false);
      }),
    );
  });
});

describe('what a record names', () => {
  const times = { maker: { ...maker, action: 'lora-train' }, startedAt: minute(0), finishedAt: minute(1) };
  const trained = trainingStatement({
    runId: 'run-0001',
    adapter: PAIR.adapter,
    adapterRef: 'runs:/run-0001/adapter',
    baseModel: PAIR.baseModel,
    baseModelRef: '/models/base',
    dataVersion: RESULTS,
    hyperparametersDigest: GATES,
    environmentDigest: GATES,
    engine: 'peft',
    metrics: { 'final-loss': 0.1 },
    ...times,
  });
  const quantized = quantizationStatement({
    runId: 'run-0001',
    model: MODEL.model,
    modelRef: 'runs:/run-0001/quantized',
    from: PAIR,
    engine: 'llm-compressor',
    scheme: 'w8a8',
    ...times,
    finishedAt: minute(2),
  });
  const image = `registry.local/toy@${digest('7')}` as ImageRef;
  const built = imageStatement({
    runId: 'run-0001',
    image,
    identity: MODEL,
    version: 'toy-v1.0.0',
    serveEngine: 'vllm',
    ...times,
    finishedAt: minute(4),
  });

  it('is what was trained, then what was quantized, with what the gate registered', () => {
    const afterTraining = namedBy(record([trained]));
    expect(afterTraining).toEqual({
      runId: 'run-0001',
      commit: maker.commit,
      adapter: { digest: PAIR.adapter, ref: 'runs:/run-0001/adapter' },
      baseModel: { digest: PAIR.baseModel, ref: '/models/base' },
      dataVersion: RESULTS,
    });
    expect(identityNamed(afterTraining)).toEqual(PAIR);
    const all = namedBy(record([built, gate('approve', 3), quantized, trained]));
    expect(all.model).toEqual({ digest: MODEL.model, ref: 'runs:/run-0001/quantized' });
    expect(identityNamed(all)).toEqual(MODEL);
    expect(all).toMatchObject({ version: 'toy-v1.0.0', metrics: { accuracy: 0.9 } });
    expect(all.image).toEqual({ image, identity: MODEL, version: 'toy-v1.0.0' });
  });

  it('is nothing where nothing was stated, and not what lies beside a pinned record', () => {
    expect(namedBy(record([], [trained, built]))).toEqual({});
    expect(identityNamed(namedBy(record([])))).toBeUndefined();
    expect(imageNamed(record([], [built]), image)).toBeUndefined();
  });

  it('is what the gate judged where no step made it: a run without a training', () => {
    expect(identityNamed(namedBy(record([gate('approve', 1)])))).toEqual(MODEL);
    expect(identityNamed(namedBy(record([gate('approve', 1, { identity: undefined })])))).toBeUndefined();
    const made = namedBy(record([gate('approve', 1), trained]));
    expect(identityNamed(made)).toEqual(identityNamed(namedBy(record([trained]))));
  });

  it('tells what an image carries, unless two statements disagree', () => {
    expect(imageNamed(record([built]), image)?.identity).toEqual(MODEL);
    expect(imageNamed(record([built]), `other/name@${digest('7')}` as ImageRef)?.identity).toEqual(MODEL);
    expect(imageNamed(record([built]), `registry.local/toy@${digest('8')}` as ImageRef)).toBeUndefined();
    const lie = imageStatement({ runId: 'run-0001', image, identity: PAIR, serveEngine: 'vllm', ...times });
    expect(imageNamed(record([built, lie]), image)).toBeUndefined();
  });
});
