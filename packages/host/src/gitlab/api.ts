import { SystemError } from '@sluice/contract';
import type { Env } from '../detect.ts';
import type { CommitStatus } from '../types.ts';

/** How long GitLab may take to answer. */
const timeoutMs = 30_000;
const mostPages = 20;

type Json = Record<string, unknown>;

/** GitLab's REST API of this project, as far as comments and statuses need it. */
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

  /** Updates the note of a merge request that begins with `marker`, or makes it. */
  async writeNote(mergeRequest: string, marker: string, markdown: string): Promise<void> {
    const notes = `/merge_requests/${encodeURIComponent(mergeRequest)}/notes`;
    const body = `${marker}\n${markdown}`;
    const own = await this.#findNote(notes, marker);
    if (own === undefined) await this.#ask('POST', notes, { body });
    else await this.#ask('PUT', `${notes}/${own}`, { body });
  }

  /** Marks a commit. GitLab knows `failed` where others say `failure` or `error`. */
  async writeStatus(sha: string, status: CommitStatus, jobUrl: string | undefined): Promise<void> {
    const state = status.state === 'failure' || status.state === 'error' ? 'failed' : status.state;
    await this.#ask('POST', `/statuses/${encodeURIComponent(sha)}`, {
      state,
      name: status.context,
      description: [...status.description].slice(0, 255).join(''),
      ...(jobUrl ? { target_url: jobUrl } : {}),
    });
  }

  async #findNote(notes: string, marker: string): Promise<number | undefined> {
    for (let page = 1; page <= mostPages; page++) {
      const answer = await this.#ask('GET', `${notes}?per_page=100&page=${page}`);
      const list = Array.isArray(answer) ? (answer as Json[]) : [];
      const own = list.find((note) => String(note.body ?? '').startsWith(marker));
      if (own) return Number(own.id);
      if (list.length < 100) return undefined;
    }
    return undefined;
  }

  async #ask(method: string, path: string, body?: Json): Promise<unknown> {
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
