import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Kubernetes, KubernetesObject, ObjectAt } from '@sluice/kubernetes';

interface Predictor {
  readonly canaryTrafficPercent?: number;
}

interface Said {
  latestCreatedRevision: string;
  latestReadyRevision: string;
  latestRolledoutRevision: string;
  previousRolledoutRevision: string;
  traffic: readonly { revisionName: string; latestRevision: boolean; percent: number }[];
}

type Service = KubernetesObject & { readonly spec: { readonly predictor: Predictor } };

/** What KServe makes of the changes of one predictor, together with Knative. */
export class Revisions {
  /** Revisions of these numbers never come up. */
  readonly broken = new Set<number>();
  readonly said: Said = {
    latestCreatedRevision: '',
    latestReadyRevision: '',
    latestRolledoutRevision: '',
    previousRolledoutRevision: '',
    traffic: [],
  };
  readonly #name: string;
  #made: object = {};
  #number = 0;

  constructor(name: string) {
    this.#name = name;
  }

  reconcile({ canaryTrafficPercent: share, ...predictor }: Predictor): void {
    const said = this.said;
    if (!isDeepStrictEqual(predictor, this.#made)) {
      this.#made = predictor;
      this.#number++;
      said.latestCreatedRevision = `${this.#name}-predictor-${String(this.#number).padStart(5, '0')}`;
      if (!this.broken.has(this.#number)) said.latestReadyRevision = said.latestCreatedRevision;
    }
    const latest = { revisionName: said.latestReadyRevision, latestRevision: true };
    said.traffic =
      share === undefined || said.latestRolledoutRevision === ''
        ? [{ ...latest, percent: 100 }]
        : [
            { ...latest, percent: share },
            ...(share < 100
              ? [
                  {
                    revisionName: said.latestRolledoutRevision,
                    latestRevision: false,
                    percent: 100 - share,
                  },
                ]
              : []),
          ];
    const given = said.traffic[0]?.percent ?? 0;
    if (said.latestRolledoutRevision !== said.latestReadyRevision) {
      if (given === 100) {
        said.previousRolledoutRevision = said.latestRolledoutRevision;
        said.latestRolledoutRevision = said.latestReadyRevision;
      }
    } else if (
      said.latestReadyRevision === said.latestCreatedRevision &&
      given < 100 &&
      said.previousRolledoutRevision !== ''
    )
      said.latestRolledoutRevision = said.previousRolledoutRevision;
  }
}

/**
 * Says in the status of one InferenceService what KServe and Knative would: each change of the predictor makes a revision, the latest ready
 * one gets `canaryTrafficPercent`, the one that had everybody last gets the rest, and where that is the same one, the one before it.
 * @see https://github.com/kserve/kserve/blob/v0.20.0/pkg/apis/serving/v1beta1/inference_service_status.go (PropagateStatus)
 */
export class KserveController implements AsyncDisposable {
  /** While it stands still it sees nothing. */
  frozen = false;
  readonly #cluster: Kubernetes;
  readonly #at: ObjectAt;
  readonly #over = new AbortController();
  readonly #ended: Promise<void>;
  readonly #revisions: Revisions;

  constructor(cluster: Kubernetes, at: ObjectAt) {
    this.#cluster = cluster;
    this.#at = at;
    this.#revisions = new Revisions(at.name);
    this.#ended = this.#run().catch((error: unknown) => {
      if (!this.#over.signal.aborted) throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#ended;
  }

  /** Revisions of these numbers never come up. */
  get broken(): Set<number> {
    return this.#revisions.broken;
  }

  /** Who gets how much, by revision number. */
  get traffic(): Readonly<Record<number, number>> {
    const shares: Record<number, number> = {};
    for (const { revisionName, percent } of this.#revisions.said.traffic) {
      const number = Number(revisionName.slice(-5));
      shares[number] = (shares[number] ?? 0) + percent;
    }
    return Object.fromEntries(Object.entries(shares).filter(([, percent]) => percent > 0));
  }

  async #run(): Promise<void> {
    for (const { signal } = this.#over; !signal.aborted; await sleep(20, undefined, { signal })) {
      if (this.frozen) continue;
      const service = await this.#cluster.get<Service>(this.#at, { signal });
      if (!service) continue;
      const said = structuredClone(this.#revisions.said);
      this.#revisions.reconcile(service.spec.predictor);
      if (!isDeepStrictEqual(said, this.#revisions.said)) await this.#tell(signal);
    }
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const ready =
      this.#revisions.said.latestReadyRevision === this.#revisions.said.latestCreatedRevision
        ? 'True'
        : 'False';
    const conditions = [{ type: 'Ready', status: ready, reason: ready === 'True' ? '' : 'RevisionFailed' }];
    const body = {
      status: {
        deploymentMode: 'Knative',
        conditions,
        components: { predictor: this.#revisions.said },
        modelStatus: { transitionStatus: 'UpToDate' },
      },
    };
    await this.#cluster.patch(this.#at, { type: 'merge', body }, { subresource: 'status', signal });
  }
}
