import { describe, expect, it } from 'vitest';
import { SLOTS } from '../kubernetes/noted-slots.ts';
import { checkShared, type InferenceService, revisionsOf, shareIn } from './inference-service.ts';
import { beingPromoted, closed, KEPT, keeping, moved, notesOf, wrongIn } from './moves.ts';

interface Given {
  readonly asked?: number;
  readonly model?: string;
  /** Revisions: the latest one, the ready one where it is another, who had everybody last and before. */
  readonly latest?: string;
  readonly ready?: string;
  readonly rolledOut?: string;
  readonly previous?: string;
  /** What KServe says it sends where. */
  readonly traffic?: Readonly<Record<string, number>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mode?: string;
}

const service = ({
  asked,
  model = 'new',
  latest = 'r2',
  ready = latest,
  rolledOut = 'r1',
  previous = '',
  traffic,
  annotations,
  mode = 'Knative',
}: Given = {}): InferenceService => ({
  metadata: { name: 'qwen', ...(annotations ? { annotations } : {}) },
  spec: {
    predictor: {
      ...(asked === undefined ? {} : { canaryTrafficPercent: asked }),
      model: { storageUri: model },
    },
  },
  status: {
    deploymentMode: mode,
    components: {
      predictor: {
        latestCreatedRevision: latest,
        latestReadyRevision: ready,
        latestRolledoutRevision: rolledOut,
        previousRolledoutRevision: previous,
        ...(traffic
          ? {
              traffic: Object.entries(traffic).map(([revisionName, percent]) => ({ revisionName, percent })),
            }
          : {}),
      },
    },
  },
});
const noted = (text: string) => ({ [SLOTS]: text });
const kept = (...all: readonly (readonly [string, string])[]) => ({
  [KEPT]: JSON.stringify(
    all.map(([revision, storageUri]) => ({ revision, predictor: { model: { storageUri } } })),
  ),
});

describe('the share of an InferenceService', () => {
  it('is that of its latest revision, in the slot where that stands', () => {
    expect(shareIn(service({ asked: 25 }))).toBe(25);
    expect(revisionsOf(service()).slotOfLatest).toBe('canary');
    // KServe gives everybody to the latest one where nothing is asked for
    expect(shareIn(service())).toBe(100);
    // promoted: the slot canary has everybody, and the next candidate stands in the other one
    const after = { latest: 'r2', rolledOut: 'r2', annotations: noted('stable=r1,canary=r2') };
    expect(shareIn(service(after))).toBe(100);
    const rest = { annotations: noted('canary=r2'), rolledOut: 'r2' };
    expect(shareIn(service({ ...rest, latest: 'r2' }))).toBe(100);
    expect(shareIn(service({ ...rest, latest: 'r3', asked: 10 }))).toBe(90);
  });

  it('is nobody before KServe has made the revision of a new model', () => {
    expect(shareIn(service({ latest: 'r1', asked: 0 }))).toBe(0);
    expect(
      shareIn(service({ latest: 'r2', rolledOut: 'r2', annotations: noted('canary=r2'), asked: 0 })),
    ).toBe(100);
  });

  it('is not 0 before KServe has taken the users back', () => {
    expect(shareIn(service({ asked: 0, traffic: { r2: 25, r1: 75 } }))).toBe(25);
    expect(shareIn(service({ asked: 25, traffic: { r2: 5, r1: 95 } }))).toBe(25);
    expect(shareIn(service({ asked: 0, traffic: { r1: 100 } }))).toBe(0);
    const promoted = {
      latest: 'r2',
      rolledOut: 'r2',
      previous: 'r1',
      annotations: noted('stable=r1,canary=r2'),
    };
    expect(shareIn(service({ ...promoted, asked: 0, traffic: { r2: 100 } }))).toBe(100);
  });

  it('is only kept on Knative, beside a revision that had everybody', () => {
    expect(() => checkShared(service())).not.toThrow();
    expect(() => checkShared(service({ mode: 'Serverless' }))).not.toThrow();
    expect(() => checkShared(service({ mode: 'Standard' }))).toThrow(/deployment mode Standard/);
    expect(() => checkShared(service({ rolledOut: '' }))).toThrow(/never|ever had all users/);
  });
});

describe('a move', () => {
  it('asks for the share, and notes whose it is', () => {
    expect(moved(service({ asked: 0 }), 5)).toEqual({
      metadata: { annotations: noted('stable=r1,canary=r2') },
      spec: { predictor: { canaryTrafficPercent: 5 } },
    });
    expect(moved(service({ asked: 5 }), 5)).toBeUndefined();
    const next = service({ asked: 0, latest: 'r3', rolledOut: 'r2', annotations: noted('canary=r2') });
    expect(moved(next, 75)).toMatchObject({
      metadata: { annotations: noted('canary=r2,stable=r3') },
      spec: { predictor: { canaryTrafficPercent: 25 } },
    });
    expect(() => moved(service({ asked: 0 }), 0.5)).toThrow(/steps of 1 %/);
  });

  it('needs a new version, or the one before for the way back', () => {
    const alone = service({ latest: 'r1', previous: 'r0' });
    expect(() => moved(alone, 5)).toThrow(/no version besides the one that has all users/);
    expect(moved(alone, 0)).toBeUndefined();
    const promoted = { latest: 'r2', rolledOut: 'r2', annotations: noted('canary=r2') };
    expect(moved(service({ ...promoted, previous: 'r1' }), 0)).toEqual({
      metadata: { annotations: noted('stable=r1,canary=r2') },
      spec: { predictor: { canaryTrafficPercent: 0 } },
    });
    expect(() => moved(service(promoted), 0)).toThrow(/no version besides/);
  });
});

describe('a closed rollout', () => {
  const closing = { annotations: { ...noted('stable=r1,canary=r2'), ...kept(['r1', 'old']) } };

  it('lets KServe promote the candidate, and keeps its predictor for the way back', () => {
    const now = service({ ...closing, asked: 100, latest: 'r2', rolledOut: 'r2' });
    expect(closed(now, 'canary')).toEqual({
      metadata: { annotations: { ...noted('canary=r2'), ...kept(['r2', 'new'], ['r1', 'old']) } },
      spec: { predictor: { canaryTrafficPercent: null } },
    });
    // not before KServe has given it everybody
    expect(closed(service({ ...closing, asked: 100 }), 'canary')).toBeUndefined();
    expect(closed(service({ ...closing, asked: 95 }), 'canary')).toBeUndefined();
  });

  it('that was taken back puts the earlier model in again, and leaves its share 0', () => {
    expect(closed(service({ ...closing, asked: 0 }), 'stable')).toEqual({
      metadata: { annotations: noted('stable=r1') },
      spec: { predictor: { model: { storageUri: 'old' } } },
    });
    expect(closed(service({ ...closing, asked: 5 }), 'stable')).toBeUndefined();
    // a version that came since, or one that was never seen
    expect(closed(service({ ...closing, asked: 0, latest: 'r3' }), 'stable')).toBeUndefined();
    expect(
      closed(service({ asked: 0, annotations: noted('stable=r1,canary=r2') }), 'stable'),
    ).toBeUndefined();
    expect(closed(service(), 'stable')).toBeUndefined();
  });

  it('keeps the predictor only while it is the one that has everybody', () => {
    expect(keeping(service({ latest: 'r1', model: 'old' }))).toEqual({
      metadata: { annotations: kept(['r1', 'old']) },
    });
    expect(keeping(service({ latest: 'r1', asked: 0 }))).toBeUndefined();
    expect(keeping(service())).toBeUndefined();
    expect(
      keeping(service({ latest: 'r1', model: 'old', annotations: kept(['r1', 'old']) })),
    ).toBeUndefined();
    const broken = service({ latest: 'r1', annotations: { [KEPT]: '{' } });
    expect(() => keeping(broken)).toThrow(/is not one of ours/);
  });
});

describe('a reader is told', () => {
  it('why nobody can be sent there', () => {
    expect(wrongIn(service({ asked: 0 }))).toBeUndefined();
    expect(wrongIn(service({ latest: 'r1' }))).toMatch(/no version besides/);
    expect(wrongIn(service({ asked: 0, ready: 'r1' }))).toMatch(/not brought up r2/);
    const changed = { asked: 25, latest: 'r3', annotations: noted('stable=r1,canary=r2') };
    expect(wrongIn(service(changed))).toMatch(/has changed since its share was set/);
    const restored = {
      asked: 0,
      model: 'old',
      latest: 'r3',
      annotations: { ...noted('stable=r1'), ...kept(['r1', 'old']) },
    };
    expect(wrongIn(service(restored))).toMatch(/holds the model that has all users again/);
    expect(
      wrongIn(service({ latest: 'r2', rolledOut: 'r2', annotations: noted('stable=r1,canary=r2') })),
    ).toBeUndefined();
  });

  it('where a rollback could not put the earlier model in', () => {
    expect(notesOf(service({ asked: 5 }))).toEqual([
      expect.stringMatching(/predictor of r1 was never seen here/),
    ]);
    expect(notesOf(service({ asked: 5, annotations: kept(['r1', 'old']) }))).toEqual([]);
  });
});

describe('a promotion', () => {
  const annotations = noted('stable=r1,canary=r2');

  it('is waited for from the moment that all users are asked for until KServe counts them', () => {
    expect(beingPromoted(service({ asked: 99, annotations }), 'canary')).toBe(false);
    expect(beingPromoted(service({ asked: 100, annotations }), 'canary')).toBe(true);
    expect(beingPromoted(service({ asked: 100, annotations, rolledOut: 'r2' }), 'canary')).toBe(false);
  });

  it('is none where the other slot stays, or where nobody was steered', () => {
    expect(beingPromoted(service({ asked: 100, annotations }), 'stable')).toBe(false);
    expect(beingPromoted(service({ asked: 100 }), 'canary')).toBe(false);
  });
});
