import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the users of one version saw; times are `performance.now()`. */
export interface Served {
  requests: number;
  failed: number;
  firstFailure: number | undefined;
  /** When the last request that this version got was sent. */
  lastSent: number;
}

/** A request that no version answered: lost on the way. */
export interface Lost {
  readonly at: number;
  readonly reason: string;
}

const COUNTRIES = [
  'France',
  'Spain',
  'Italy',
  'Germany',
  'Poland',
  'Norway',
  'Japan',
  'Peru',
  'Kenya',
  'Nepal',
];
/** Length of a point in the timeline, ms. */
export const BIN = 5000;
/** So many that some of them are in one percent. */
const USERS = 3000;

/**
 * People who ask the model through the gateway, the whole time and each under an id of their own. Arrivals keep to the clock, however
 * long an answer takes.
 */
export class Users {
  /** Requests a second. */
  rate: number;
  readonly versions = new Map<string, Served>();
  readonly lost: Lost[] = [];
  requests = 0;
  /** Requests that each version answered, by the {@link BIN} that they ended in (ms epoch of its beginning). */
  readonly timeline = new Map<string, Map<number, number>>();
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256, keepAliveMsecs: 20_000 });
  readonly #pending = new Set<Promise<void>>();
  readonly #coming: Promise<void>;
  #over = false;

  constructor(port: number, rate: number) {
    this.#port = port;
    this.rate = rate;
    this.#coming = this.#come();
  }

  async #come(): Promise<void> {
    for (let due = 0, last = performance.now(); !this.#over; await sleep(10)) {
      const now = performance.now();
      due += ((now - last) * this.rate) / 1000;
      last = now;
      for (; due >= 1; due--) {
        const asked = this.#ask();
        this.#pending.add(asked);
        void asked.finally(() => this.#pending.delete(asked));
      }
    }
  }

  async #ask(): Promise<void> {
    const sent = performance.now();
    const country = COUNTRIES[Math.floor(Math.random() * COUNTRIES.length)] as string;
    const answer = await this.#post(`user-${Math.floor(Math.random() * USERS)}`, {
      messages: [{ role: 'user', content: `What is the capital of ${country}?` }],
      max_tokens: 8,
    });
    this.requests++;
    if (answer.version === undefined) {
      this.lost.push({ at: sent, reason: answer.problem ?? 'no version answered' });
      return;
    }
    const served = this.versions.get(answer.version) ?? {
      requests: 0,
      failed: 0,
      firstFailure: undefined,
      lastSent: 0,
    };
    this.versions.set(answer.version, served);
    served.requests++;
    const bins = this.timeline.get(answer.version) ?? new Map<number, number>();
    this.timeline.set(answer.version, bins);
    const bin = Math.floor(Date.now() / BIN) * BIN;
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
    served.lastSent = Math.max(served.lastSent, sent);
    if (answer.problem === undefined) return;
    served.failed++;
    served.firstFailure ??= performance.now();
  }

  #post(user: string, body: unknown): Promise<{ version: string | undefined; problem: string | undefined }> {
    return new Promise((resolve) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: '/v1/chat/completions',
          method: 'POST',
          agent: this.#agent,
          timeout: 60_000,
          headers: { 'x-user-id': user, 'content-type': 'application/json' },
        },
        (response) => {
          const version = response.headers['x-version'] as string | undefined;
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part) => {
            text += part;
          });
          response.on('end', () =>
            resolve({
              version,
              problem:
                response.statusCode === 200 ? undefined : `${response.statusCode} ${text.slice(0, 200)}`,
            }),
          );
          // cut off on the way: no version decided that
          response.on('error', (error) => resolve({ version: undefined, problem: error.message }));
        },
      );
      asked.on('timeout', () => asked.destroy(new Error('no answer in 60 s')));
      asked.on('error', (error) => resolve({ version: undefined, problem: error.message }));
      asked.end(JSON.stringify(body));
    });
  }

  /** What a version served since `before`, a copy taken earlier. */
  of(version: string): Served {
    return {
      ...(this.versions.get(version) ?? { requests: 0, failed: 0, firstFailure: undefined, lastSent: 0 }),
    };
  }

  /** No more users come; those who wait get their answer. */
  async leave(): Promise<void> {
    this.#over = true;
    await this.#coming;
    await Promise.all(this.#pending);
    this.#agent.destroy();
  }
}
