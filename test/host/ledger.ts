import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Deployed {
  readonly id: number;
  readonly sha: string;
  readonly environment: string;
  readonly payload?: unknown;
  readonly body: Record<string, unknown>;
  status: string;
  readonly history: Record<string, unknown>[];
}

/** What a forge keeps of commits: who brought them, what was said about them, where they are deployed. */
export interface Ledger {
  readonly port: number;
  readonly asked: string[];
  readonly deployments: Deployed[];
  readonly notes: { readonly id: number; body: string; readonly on: string }[];
  /** Marks of commits, in the order in which they came. */
  readonly statuses: { readonly sha: string; readonly body: Record<string, unknown> }[];
  /** Number of the pull or merge request that brought every commit. */
  broughtBy: number | undefined;
  /** Paths that this host does not know (Gitea and Forgejo lack some). */
  missing: RegExp | undefined;
  /** Paths that the token may not write. */
  forbidden: RegExp | undefined;
  close(): Promise<void>;
}

type Body = Record<string, unknown>;

/**
 * Answers as GitHub (REST 2022-11-28) and GitLab (API v4) document it: deployments and their statuses, pull requests of a
 * commit, comments and discussions of a commit, at their paths below one address.
 */
export async function startLedger(): Promise<Ledger> {
  const ledger: Omit<Ledger, 'port' | 'close'> = {
    asked: [],
    deployments: [],
    notes: [],
    statuses: [],
    broughtBy: undefined,
    missing: undefined,
    forbidden: undefined,
  };
  const http = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const asked = `${request.method} ${decodeURIComponent(pathname)}`;
    ledger.asked.push(asked);
    if (request.method !== 'GET' && ledger.forbidden?.test(asked)) {
      response.writeHead(403, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ message: 'Resource not accessible by integration' }));
    }
    const body: Body = text === '' ? {} : JSON.parse(text);
    const known = ledger.missing?.test(asked)
      ? undefined
      : (github(ledger, asked, searchParams, body) ?? gitlab(ledger, asked, searchParams, body));
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known?.answer ?? { message: 'Not Found' }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return Object.assign(ledger, {
    port: (http.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => http.close(() => resolve())),
  });
}

type State = Omit<Ledger, 'port' | 'close'>;
type Known = { readonly answer: unknown } | undefined;

function github(state: State, asked: string, query: URLSearchParams, body: Body): Known {
  const path = /^(\w+) \/gh\/repos\/lab\/models(\/.+)$/.exec(asked);
  if (!path) return undefined;
  const [, method, rest = ''] = path;
  const marked = /^\/statuses\/(\w+)$/.exec(rest);
  if (marked) return { answer: mark(state, String(marked[1]), body) };
  if (rest.endsWith('/pulls')) return { answer: brought(state, 'number', { merged_at: '2026-11-01' }) };
  if (rest === '/deployments' && method === 'GET') {
    const same = (d: Deployed) =>
      d.sha === query.get('sha') &&
      d.environment === query.get('environment') &&
      d.body.task === query.get('task');
    return { answer: state.deployments.filter(same).reverse() };
  }
  if (rest === '/deployments') {
    // contexts that are still pending would refuse it, unless none is asked for
    if ((body.required_contexts as unknown[])?.length !== 0 || body.auto_merge !== false) return undefined;
    return { answer: deployed(state, String(body.ref), body, 'none') };
  }
  const statuses = /^\/deployments\/(\d+)\/statuses$/.exec(rest);
  if (statuses) return { answer: moved(state, Number(statuses[1]), String(body.state), body) };
  const issue = /^\/(issues|commits)\/(\w+)\/comments$/.exec(rest);
  if (issue) return { answer: notesOn(state, method, `${issue[1]} ${issue[2]}`, body) };
  const own = /^\/(?:issues\/)?comments\/(\d+)$/.exec(rest);
  return own ? { answer: rewritten(state, Number(own[1]), body) } : undefined;
}

function gitlab(state: State, asked: string, query: URLSearchParams, body: Body): Known {
  const path = /^(\w+) \/gl\/projects\/42(\/.+)$/.exec(asked);
  if (!path) return undefined;
  const [, method, rest = ''] = path;
  const marked = /^\/statuses\/(\w+)$/.exec(rest);
  if (marked) return { answer: mark(state, String(marked[1]), body) };
  if (rest.startsWith('/repository/') && rest.endsWith('/merge_requests'))
    return { answer: brought(state, 'iid', { state: 'merged' }) };
  if (rest === '/deployments' && method === 'GET')
    return {
      answer: state.deployments.filter((d) => d.environment === query.get('environment')).reverse(),
    };
  if (rest === '/deployments') {
    if (['environment', 'sha', 'ref', 'tag', 'status'].some((name) => body[name] === undefined))
      return undefined;
    return { answer: deployed(state, String(body.sha), body, String(body.status)) };
  }
  const one = /^\/deployments\/(\d+)$/.exec(rest);
  if (one) return { answer: moved(state, Number(one[1]), String(body.status), body) };
  const notes = /^\/(merge_requests|repository\/commits)\/(\w+)\/(notes|discussions)$/.exec(rest);
  if (notes) {
    const found = notesOn(state, method, `${notes[1]} ${notes[2]}`, body);
    const discussions = notes[3] === 'discussions' && Array.isArray(found);
    return { answer: discussions ? found.map((note) => ({ id: `d${note.id}`, notes: [note] })) : found };
  }
  const own = /\/notes\/(\d+)$/.exec(rest);
  return own ? { answer: rewritten(state, Number(own[1]), body) } : undefined;
}

const brought = ({ broughtBy }: State, name: string, more: Body) =>
  broughtBy === undefined ? [] : [{ [name]: broughtBy, ...more }];

function mark({ statuses }: State, sha: string, body: Body): Body {
  statuses.push({ sha, body });
  return body;
}

function deployed(state: State, sha: string, body: Body, status: string): Deployed {
  const { environment, payload } = body;
  const made = { id: state.deployments.length + 1, sha, environment: String(environment), payload, body };
  const whole: Deployed = { ...made, status, history: [] };
  state.deployments.push(whole);
  return whole;
}

function moved(state: State, id: number, status: string, body: Body): Body {
  const found = state.deployments.find((d) => d.id === id) as Deployed;
  found.status = status;
  found.history.push(body);
  return { id, state: status };
}

function notesOn(state: State, method: string | undefined, on: string, body: Body): Ledger['notes'] | Body {
  if (method === 'GET') return state.notes.filter((note) => note.on === on);
  const note = { id: state.notes.length + 1, body: String(body.body), on };
  state.notes.push(note);
  return note;
}

function rewritten(state: State, id: number, body: Body): Body {
  const found = state.notes.find((note) => note.id === id) as { body: string };
  found.body = String(body.body);
  return { id };
}
