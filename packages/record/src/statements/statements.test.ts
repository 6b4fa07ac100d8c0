import type { Digest, ImageRef, ModelDigest } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runStatement } from './llm-run.ts';
import { canaryStatement, deployStatement, rollbackStatement } from './rollout.ts';
import { decodeStatement, encodeStatement, STATEMENT_TYPE, type Statement } from './statement.ts';
import { codeStatement, gateStatement } from './test-result.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as ModelDigest;
const identity = { model: digest('a') };
const at = new Date(Date.UTC(2026, 10, 21, 12));
const maker = { action: 'canary-step', version: '1.0.0', invocation: 'job/1' };
const moved = { runId: 'run-0001', maker, at, identity, router: 'haproxy', target: 'unix:/run/h.sock' };

describe('a statement', () => {
  it('is one line that reads back as it was, and is named by its bytes', () => {
    const subject = fc.record({
      name: fc.string({ unit: 'grapheme' }),
      digest: fc.constant({ sha256: 'a'.repeat(64) }),
    });
    const predicate = fc
      .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: true }))
      .map((p) => ({ ...p }));
    fc.assert(
      fc.property(fc.array(subject, { minLength: 1, maxLength: 3 }), predicate, (subjects, p) => {
        const statement: Statement = {
          _type: STATEMENT_TYPE,
          subject: subjects,
          predicateType: 'urn:test',
          predicate: JSON.parse(JSON.stringify(p)) as object,
        };
        const { bytes, digest } = encodeStatement(statement);
        const text = Buffer.from(bytes).toString('utf8');
        expect(text.indexOf('\n')).toBe(text.length - 1);
        const back = decodeStatement(bytes, 'it');
        expect(back).toEqual(statement);
        expect(encodeStatement(back).digest).toBe(digest);
      }),
    );
  });

  it.each([
    ['not JSON', '{"_type":', /not one line of JSON/],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe]), /not one line of JSON/],
    ['another version', '{"_type":"https://in-toto.io/Statement/v0.1"}', /Statement\/v0\.1'; expected/],
    ['null', 'null', /_type 'undefined'/],
    ['no subject', { subject: [] }, /no subject/],
    ['a subject without a digest', { subject: [{ name: 'x', digest: {} }] }, /without a name and a digest/],
    [
      'a digest that is none',
      { subject: [{ name: 'x', digest: { sha256: 'abc' } }] },
      /without a name and a digest/,
    ],
    ['no predicate', { subject: [{ name: 'x', digest: { sha256: 'a'.repeat(64) } }] }, /no predicate/],
  ])('that is %s is refused', (_, given, message) => {
    const bytes =
      typeof given === 'string'
        ? Buffer.from(given)
        : Buffer.isBuffer(given)
          ? given
          : Buffer.from(JSON.stringify({ _type: STATEMENT_TYPE, ...given }));
    expect(() => decodeStatement(bytes, 'it')).toThrow(message);
  });
});

describe('what is stated', () => {
  it('of a gate says which gates passed, warned and failed', () => {
    const made = gateStatement({
      runId: 'run-0001',
      identity,
      decision: 'reject',
      gates: [
        { name: 'accuracy', decision: 'approve' },
        { name: 'latency', decision: 'undecided' },
        { name: 'toxicity', decision: 'reject' },
      ],
      gatesDigest: digest('b'),
      candidateResults: digest('c'),
      baselineResults: digest('d'),
      dataset: digest('e'),
      claimed: false,
      maker,
      finishedAt: at,
    });
    expect(made.subject).toEqual([{ name: 'model', digest: { sha256: 'a'.repeat(64) } }]);
    expect(made.predicate).toMatchObject({
      result: 'FAILED',
      passedTests: ['accuracy'],
      warnedTests: ['latency'],
      failedTests: ['toxicity'],
      sluice: { decision: 'reject', finished_on: '2026-11-21T12:00:00.000Z' },
    });
    expect(made.predicate.configuration.map((c) => c.name)).toEqual([
      'gates',
      'candidate-results',
      'baseline-results',
      'dataset',
    ]);
  });

  it('of code is about a commit', () => {
    const commit = '1'.repeat(40);
    const made = codeStatement({
      commit,
      passed: true,
      checks: [{ name: 'ruff', passed: true }],
      maker,
      finishedAt: at,
    });
    expect(made.subject).toEqual([{ name: 'source', digest: { gitCommit: commit } }]);
    expect(() => decodeStatement(encodeStatement(made).bytes, 'it')).not.toThrow();
  });

  it('of a tick, a rollback and a deployment names the identity and the image', () => {
    const image = `r/n@${digest('f')}` as ImageRef;
    const canary = canaryStatement({
      ...moved,
      image,
      decision: 'advance',
      stage: 1,
      weight: 5,
      reason: 'ok',
      policyDigest: digest('b'),
    });
    expect(canary.subject.map((s) => s.name)).toEqual(['model', 'image']);
    expect(canary.predicate).toMatchObject({ decision: 'advance', weight: 5, run_id: 'run-0001' });
    const back = rollbackStatement({
      ...moved,
      rolledBack: true,
      verified: true,
      drill: false,
      reason: 'errors',
      durationMs: 900,
    });
    expect(back.predicate).toMatchObject({ rolled_back: true, duration_ms: 900 });
    const denied = deployStatement({
      ...moved,
      image,
      allowed: false,
      policyDigest: digest('b'),
      evidence: [digest('c') as Digest],
    });
    expect(denied.predicate).toMatchObject({
      verificationResult: 'FAILED',
      verifiedLevels: [],
      resourceUri: image,
    });
  });

  it('of a run joins what no other statement does', () => {
    const made = runStatement({
      runId: 'run-0001',
      identity,
      finishedAt: at,
      maker,
      source: { commit: '1'.repeat(40), dirty: false },
      data: [{ name: 'train', version: 'v1', digest: digest('b') }],
      hyperparameters: { digest: digest('c'), values: { rank: 16 } },
      model: { digest: digest('a'), format: 'safetensors' },
      eval: [],
      parents: ['run-0000'],
      links: {},
    });
    expect(made.predicate).toMatchObject({
      run_id: 'run-0001',
      contract: { name: 'sluice', version: 1 },
      parents: ['run-0000'],
    });
  });

  it('never holds a number that is none', () => {
    const metrics = { ttft: Number.NaN };
    const made = canaryStatement({
      ...moved,
      decision: 'hold',
      stage: 0,
      weight: 1,
      reason: '',
      policyDigest: digest('b'),
      metrics,
    });
    expect(() => encodeStatement(made)).toThrow(/ttft is NaN/);
  });
});
