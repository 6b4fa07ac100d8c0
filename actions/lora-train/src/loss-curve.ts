import type { Metric } from '@sluice/tracking';

export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly epoch: number;
}

/**
 * The loss while it trains: written down as it comes. What could not be sent is kept and sent with the next points,
 * so that a tracking server that is away for a moment costs nothing.
 */
export class LossCurve {
  readonly points: CurvePoint[] = [];
  readonly #write: (metrics: readonly Metric[]) => Promise<void>;
  readonly #now: () => number;
  #waiting: Metric[] = [];
  #sending: Promise<void> | undefined;

  constructor(write: (metrics: readonly Metric[]) => Promise<void>, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  add(point: CurvePoint): void {
    this.points.push(point);
    const at = { step: point.step, timestamp: this.#now() };
    this.#waiting.push(
      { key: 'loss', value: point.loss, ...at },
      { key: 'learning-rate', value: point.learningRate, ...at },
      { key: 'epoch', value: point.epoch, ...at },
    );
    this.#sending ??= this.#send()
      .catch(() => {})
      .finally(() => {
        this.#sending = undefined;
      });
  }

  /** Waits until every point is written. @throws SystemError when the tracking server does not take them */
  async finish(): Promise<void> {
    await this.#sending;
    await this.#send();
  }

  async #send(): Promise<void> {
    const metrics = this.#waiting;
    if (metrics.length === 0) return;
    this.#waiting = [];
    try {
      await this.#write(metrics);
    } catch (error) {
      this.#waiting = [...metrics, ...this.#waiting];
      throw error;
    }
  }
}
