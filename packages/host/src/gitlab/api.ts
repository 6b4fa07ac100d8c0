import { SystemError } from '@sluice/contract';
import type { Env } from '../detect.ts';
import type { CommitStatus } from '../types.ts';

/** How long GitLab may take to answer. */
const timeoutMs = 30_000;

export type Json = Record<string, unknown>;

/** GitLab's REST API of this project. */
export class GitLabApi {
  readonly #project: string;
  readonly #headers: Record<string, string>;
  readonly #signal: AbortSignal;

  constructor(env: Env, token: string, signal: AbortSignal) {
    const root = env.CI_API_V4_URL;
    if (!root || !env.CI_PROJECT_ID)
      throw new SystemError('CI_API_V4_URL and CI_PROJECT_ID are not set: the runner must set both');
    this.#project = `${root.replace(/\/+$/, '')}/projects/${encodeURIComponent(env.CI_PROJECT_ID)}`;
    this.#headers = {
      [token === env.CI_JOB_TOKEN ? 'JOB-TOKEN' : 'PRIVATE-TOKEN']: token,
      'content-type': 'application/json',
    };
    this.#signal = signal;
  }

  /** Marks a commit. GitLab knows `failed` where others say `failure` or `error`. */
  async writeStatus(sha: string, status: CommitStatus, jobUrl: string | undefined): Promise<void> {
    const state = status.state === 'failure' || status.state === 'error' ? 'failed' : status.state;
    await this.ask('POST', `/statuses/${encodeURIComponent(sha)}`, {
      state,
      name: status.context,
      description: [...status.description].slice(0, 255).join(''),
      ...(jobUrl ? { target_url: jobUrl } : {}),
    });
  }

  /** All entries of a list, page by page, at most `mostPages` of one hundred each. */
  async *list(path: string, mostPages: number): AsyncGenerator<Json> {
    for (let page = 1; page <= mostPages; page++) {
      const join = path.includes('?') ? '&' : '?';
      const answer = await this.ask('GET', `${path}${join}per_page=100&page=${page}`);
      const entries = Array.isArray(answer) ? (answer as Json[]) : [];
      yield* entries;
      if (entries.length < 100) return;
    }
  }

  /** @throws SystemError when GitLab refuses, with what it said */
  async ask(method: string, path: string, body?: Json): Promise<unknown> {
    const response = await fetch(`${this.#project}${path}`, {
      method,
      headers: this.#headers,
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok)
      throw new SystemError(`GitLab answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
