import { SystemError } from '@sluice/contract';

/** What the API server says of a request that it refuses. */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly {
      readonly field?: string;
      readonly message?: string;
      readonly reason?: string;
    }[];
  };
}

/** The API server refused. */
export class KubernetesError extends SystemError {
  override name = 'KubernetesError';
  /** Of HTTP, e.g. 409. */
  readonly status: number;
  /** In the server's own words, e.g. `Conflict`. */
  readonly reason: string;
  /** It is about one object by its name: a 404 without one says that the whole kind is not served. */
  readonly named: boolean;

  constructor(message: string, status: number, reason: string, named: boolean) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.named = named;
  }
}

/** Whether somebody else changed the object first (409). */
export function isConflict(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 409;
}

/** `what` says what was tried, e.g. `read Deployment default/qwen`; `who` where the login comes from. */
export function refusal(
  status: number,
  text: string,
  { what, who, server }: { readonly what: string; readonly who: string; readonly server: string },
): KubernetesError {
  const said = statusOf(text);
  const words = said?.message ?? (text.trim().slice(0, 300) || 'it gave no reason');
  return new KubernetesError(
    `${server} does not let this job ${what}: ${why(status, words, said, who)}`,
    status,
    said?.reason ?? String(status),
    said?.details?.name !== undefined,
  );
}

function why(status: number, words: string, said: Status | undefined, who: string): string {
  switch (status) {
    case 401:
      return `it does not know who asks (401, ${words}). The login is the one of ${who}; renew its token or certificate.`;
    case 403:
      return `it is not allowed to (403, ${words}). The login is the one of ${who}; give its role this verb on this resource (see 'kubectl auth can-i').`;
    case 404:
      return said?.details?.name
        ? `it is not there (404, ${words}).`
        : `the server has no such resource (404, ${words}). Install the custom resource definitions of this kind, in this version.`;
    case 409:
      return said?.details?.causes?.some(({ reason }) => reason === 'FieldManagerConflict')
        ? `another writer owns these fields (409, ${words}). Let only one of them set them.`
        : `somebody else changed it in the meantime (409, ${words}).`;
    case 422: {
      const causes = said?.details?.causes?.map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`);
      return `what was sent is not valid (422, ${words}${causes && causes.length > 1 ? `; ${causes.join('; ')}` : ''}).`;
    }
    default:
      return `${words} (${status}).`;
  }
}

function statusOf(text: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
