import { SystemError, UserError } from '@sluice/contract';
import { type Request, type RetryPolicy, request, shown } from '../http/request.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** MLflow said no, in its own words. */
export class MlflowError extends SystemError {
  override name = 'MlflowError';
  readonly status: number;
  /** MLflow's `error_code`, e.g. `RESOURCE_ALREADY_EXISTS`. */
  readonly code: string;
  constructor(message: string, status: number, code: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** A tracking server and how to speak to it. */
export interface MlflowConnection {
  /** The server's address without credentials. */
  readonly uri: string;
  /** `GET /api/2.0/mlflow/<path>`. */
  read(path: string, query?: Query): Promise<Record<string, unknown>>;
  /** `POST` (or `DELETE`, `PATCH`) with a JSON body. `idempotent`: doing it twice is the same as once. `version` of the API: default 2.0. */
  write(
    path: string,
    body: object,
    options: { idempotent: boolean; method?: string; version?: '2.0' | '3.0' },
  ): Promise<Record<string, unknown>>;
  /** The proxied artifacts: `/api/2.0/mlflow-artifacts/<path>`. A status over 399 other than 404 is thrown. */
  artifacts(path: string, init: Omit<Request, 'system' | 'signal' | 'idempotent'>): Promise<Response>;
}

/**
 * Connects to an MLflow server: bearer `MLFLOW_TRACKING_TOKEN`, else basic `MLFLOW_TRACKING_USERNAME` and
 * `MLFLOW_TRACKING_PASSWORD`, else user and password in the address.
 *
 * @throws {UserError} when the address is none
 */
export function connectMlflow(
  address: string,
  env: Env,
  { signal, retries }: { readonly signal?: AbortSignal | undefined; readonly retries?: RetryPolicy } = {},
): MlflowConnection {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address))
    throw new UserError(
      `'${withoutUser(address)}' is not the address of an MLflow server. Give http://… or https://….`,
    );
  const base = new URL(address);
  const authorization = authorizationOf(base, env);
  base.username = '';
  base.password = '';
  const root = base.href.replace(/[/?#]*$/, '');

  const send = async (url: URL, init: Omit<Request, 'system' | 'signal'>) => {
    const headers = { ...init.headers, ...(authorization ? { authorization } : {}) };
    const response = await request(url, { ...init, headers, signal, system: 'MLflow' }, retries);
    if (response.status >= 300 && response.status !== 404) throw await refusal(response, url, authorization);
    return response;
  };
  const api = async (
    path: string,
    query: Query,
    init: Omit<Request, 'system' | 'signal'>,
    version: '2.0' | '3.0' = '2.0',
  ) => {
    const url = new URL(`${root}/api/${version}/mlflow/${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await send(url, { ...init, headers: { 'content-type': 'application/json' } });
    if (response.status === 404) throw await refusal(response, url, authorization);
    return object(await response.text(), url);
  };
  return {
    uri: root,
    read: (path, query = {}) => api(path, query, { idempotent: true }),
    write: (path, body, { idempotent, method = 'POST', version }) =>
      api(path, {}, { idempotent, method, body: () => JSON.stringify(body) }, version),
    artifacts: (path, init) =>
      send(new URL(`${root}/api/2.0/mlflow-artifacts/${path}`), { ...init, idempotent: true }),
  };
}

function authorizationOf(base: URL, env: Env): string | undefined {
  if (env.MLFLOW_TRACKING_TOKEN) return `Bearer ${env.MLFLOW_TRACKING_TOKEN}`;
  const user = env.MLFLOW_TRACKING_USERNAME || decodeURIComponent(base.username);
  const password = env.MLFLOW_TRACKING_PASSWORD || decodeURIComponent(base.password);
  return user ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
}

async function refusal(
  response: Response,
  url: URL,
  authorization: string | undefined,
): Promise<MlflowError> {
  const { status } = response;
  if (status === 401 || status === 403) {
    await response.body?.cancel();
    const how = authorization
      ? `the ${authorization.startsWith('Bearer') ? 'token (MLFLOW_TRACKING_TOKEN)' : 'user and password (MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD)'} that was given`
      : 'a request without credentials; set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD';
    return new MlflowError(
      `MLflow at ${url.origin} answered ${status}: it refuses ${how}.`,
      status,
      'UNAUTHENTICATED',
    );
  }
  if (status < 400) return notMlflow(url, `redirects (${status})`);
  const text = await response.text();
  try {
    const { error_code, message } = JSON.parse(text) as { error_code?: string; message?: string };
    if (typeof error_code === 'string')
      return new MlflowError(
        `MLflow at ${shown(url)} answered ${status} ${error_code}: ${firstLine(message)}`,
        status,
        error_code,
      );
  } catch {}
  if (status === 404) return notMlflow(url, 'answers 404');
  return new MlflowError(`MLflow at ${shown(url)} answered ${status}.`, status, 'UNKNOWN');
}

function object(text: string, url: URL): Record<string, unknown> {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw notMlflow(url, 'answers something that is not JSON');
}

const notMlflow = (url: URL, what: string) =>
  new MlflowError(
    `${shown(url)} ${what}, as no MLflow server does. Check tracking-uri: the address of the server itself, with its path prefix, past any login page.`,
    0,
    'NOT_MLFLOW',
  );

const firstLine = (message: string | undefined) => (message ?? '').split('\n')[0]?.slice(0, 500) ?? '';

const withoutUser = (address: string) => address.replace(/\/\/[^/@]*@/, '//');
