import { UserError } from '@sluice/contract';
import type { Cluster } from '../config/login.ts';
import { KubernetesError } from './errors.ts';
import { type KubernetesObject, type ObjectAt, type ObjectMeta, shownObject } from './object.ts';
import { type Patch, patchTypes } from './patch.ts';
import { pathOf, type Resource, versionPath } from './resource.ts';
import { Session } from './session.ts';
import { until } from './until.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface WriteOptions extends CallOptions {
  /** Who says that it owns the fields. Default `sluice`. */
  readonly fieldManager?: string | undefined;
  /** Everything is checked and nothing is kept. */
  readonly dryRun?: boolean | undefined;
}

export interface PatchOptions extends WriteOptions {
  readonly subresource?: 'status' | 'scale' | undefined;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes fields from other owners instead of failing (409). Default false. */
  readonly force?: boolean | undefined;
}

export interface ListOptions extends CallOptions {
  /** All namespaces where none is given. */
  readonly namespace?: string | undefined;
  /** e.g. `app=qwen,track in (canary)`. */
  readonly labels?: string | undefined;
  /** e.g. `metadata.name=qwen`. */
  readonly fields?: string | undefined;
}

/** How many objects are asked for at once. */
const PAGE = 500;

/**
 * A client of one API server. Every method throws KubernetesError where the server refuses, and SystemError where it does not
 * answer. Objects come back as the server has them; `T` is what the caller takes them for.
 */
export class Kubernetes {
  readonly #session: Session;
  readonly #found = new Map<string, Promise<readonly Resource[]>>();

  constructor(cluster: Cluster, timeout: number) {
    this.#session = new Session(cluster, timeout);
  }

  /** Address of the server. */
  get server(): string {
    return this.#session.cluster.server.href;
  }

  /** Namespace of the context. */
  get namespace(): string {
    return this.#session.cluster.namespace;
  }

  /** Finds where a kind is served. @throws UserError where the server does not know it */
  async resource(apiVersion: string, kind: string, { signal }: CallOptions = {}): Promise<Resource> {
    let known = this.#found.get(apiVersion);
    if (!known) {
      known = this.#discover(apiVersion, signal);
      this.#found.set(apiVersion, known);
      known.catch(() => this.#found.delete(apiVersion));
    }
    const kinds = await known;
    const found = kinds.find((resource) => resource.kind === kind);
    if (found) return found;
    // a definition may have been installed since
    this.#found.delete(apiVersion);
    throw new UserError(
      `The Kubernetes API at ${this.server} has no kind ${kind} in ${apiVersion}${kinds.length > 0 ? `; it has: ${kinds.map((resource) => resource.kind).join(', ')}` : ''}. Install its custom resource definitions, or name another version.`,
    );
  }

  /** An object, or undefined where there is none of this name. */
  async get<T extends KubernetesObject>(at: ObjectAt, { signal }: CallOptions = {}): Promise<T | undefined> {
    const what = `read ${shownObject(at)}`;
    return await absentAsUndefined(() =>
      this.#session.call<T>({ method: 'GET', path: pathTo(at), what, idempotent: true, signal }),
    );
  }

  async list<T extends KubernetesObject>(resource: Resource, options: ListOptions = {}): Promise<T[]> {
    const items: T[] = [];
    let next: string | undefined;
    do {
      const page = await this.#session.call<{
        readonly items: readonly T[];
        readonly metadata?: { readonly continue?: string };
      }>({
        method: 'GET',
        path:
          pathOf(resource, options.namespace) + query({ ...selectors(options), limit: PAGE, continue: next }),
        what: `list ${resource.plural}${options.namespace === undefined ? '' : ` in ${options.namespace}`}`,
        idempotent: true,
        signal: options.signal,
      });
      items.push(...page.items);
      next = page.metadata?.continue || undefined;
    } while (next !== undefined);
    return items;
  }

  /** Makes a new object. With `generateName` the server names it. */
  async create<T extends KubernetesObject>(
    resource: Resource,
    object: object & { readonly metadata: Partial<ObjectMeta> & { readonly generateName?: string } },
    options: WriteOptions = {},
  ): Promise<T> {
    return await this.#session.call<T>({
      method: 'POST',
      path:
        pathOf(resource, resource.namespaced ? (object.metadata.namespace ?? this.namespace) : undefined) +
        written(options),
      body: { apiVersion: resource.apiVersion, kind: resource.kind, ...object },
      what: `create a ${resource.kind}`,
      idempotent: false,
      signal: options.signal,
    });
  }

  /** Changes parts of an object. */
  async patch<T extends KubernetesObject>(
    at: ObjectAt,
    { type, body }: Patch,
    options: PatchOptions = {},
  ): Promise<T> {
    return await this.#session.call<T>({
      method: 'PATCH',
      path: pathTo(at, options.subresource) + written(options),
      type: patchTypes[type],
      body,
      what: `change ${shownObject(at)}`,
      // a merge says how it is to be; a JSON patch may add to a list twice
      idempotent: type !== 'json',
      signal: options.signal,
    });
  }

  /**
   * Server-side apply: the object is made or changed so that it has what is given, and what this field manager gave before and
   * gives no more is taken away.
   * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  async apply<T extends KubernetesObject>(
    object: KubernetesObject & { readonly apiVersion: string; readonly kind: string },
    options: ApplyOptions = {},
  ): Promise<T> {
    const resource = await this.resource(object.apiVersion, object.kind, options);
    const namespace = resource.namespaced ? (object.metadata.namespace ?? this.namespace) : undefined;
    const at = { resource, namespace, name: object.metadata.name };
    return await this.#session.call<T>({
      method: 'PATCH',
      path: pathTo(at) + written(options, { force: options.force }),
      type: patchTypes.apply,
      body: object,
      what: `apply ${shownObject(at)}`,
      idempotent: true,
      signal: options.signal,
    });
  }

  /** Takes an object away, with what it owns; false where there was none. */
  async delete(
    at: ObjectAt,
    { signal, uid }: CallOptions & { readonly uid?: string } = {},
  ): Promise<boolean> {
    const what = `delete ${shownObject(at)}`;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    const gone = await absentAsUndefined(() =>
      this.#session.call<object>({
        method: 'DELETE',
        path: pathTo(at),
        body,
        what,
        idempotent: true,
        signal,
      }),
    );
    return gone !== undefined;
  }

  /**
   * Watches one object until `done` holds for it, or, with undefined, for its absence; what `done` throws ends the watch.
   * @returns the object as it then is; undefined where `timeout` (ms) passed before
   */
  async until<T extends KubernetesObject>(
    at: ObjectAt,
    done: (object: T | undefined) => boolean,
    { timeout, signal }: CallOptions & { readonly timeout: number },
  ): Promise<{ readonly object: T | undefined } | undefined> {
    return await until({
      read: (options) => this.get<T>(at, options),
      watch: (resourceVersion, seconds, within) => {
        const fields = `metadata.name=${at.name}`;
        const path =
          pathOf(at.resource, at.namespace) +
          query({ watch: 1, fieldSelector: fields, resourceVersion, timeoutSeconds: seconds });
        const what = `watch ${shownObject(at)}`;
        return this.#session.stream({ method: 'GET', path, what, idempotent: true, signal: within });
      },
      done,
      timeout,
      signal,
    });
  }

  async #discover(apiVersion: string, signal: AbortSignal | undefined): Promise<readonly Resource[]> {
    const found = await absentAsUndefined(
      () =>
        this.#session.call<{
          readonly resources: readonly {
            readonly name: string;
            readonly kind: string;
            readonly namespaced: boolean;
          }[];
        }>({
          method: 'GET',
          path: versionPath(apiVersion),
          what: `see what ${apiVersion} has`,
          idempotent: true,
          signal,
        }),
      true,
    );
    return (found?.resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, namespaced }));
  }
}

function pathTo({ resource, namespace, name }: ObjectAt, subresource?: string): string {
  if (resource.namespaced && namespace === undefined)
    throw new TypeError(`${resource.kind} ${name} is asked for without its namespace`);
  return pathOf(resource, namespace, name) + (subresource === undefined ? '' : `/${subresource}`);
}

const selectors = ({ labels, fields }: ListOptions) => ({ labelSelector: labels, fieldSelector: fields });

function written({ fieldManager = 'sluice', dryRun }: WriteOptions, more: Query = {}): string {
  return query({ ...more, fieldManager, dryRun: dryRun ? 'All' : undefined });
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function query(all: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}

/** That an object is not there is an answer; that its kind is not (no name in the refusal) is none, unless `any` is asked for. */
async function absentAsUndefined<T>(call: () => Promise<T>, any = false): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 404 && (any || error.named)) return undefined;
    throw error;
  }
}
