/** Who asks. Nothing of this may stand in a message. */
export interface Login {
  readonly token?: string | undefined;
  /** PEM. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** When it ends, ms epoch; undefined: it is asked for anew only after a 401. */
  readonly expires?: number | undefined;
}

/** An API server and the way to log in there. */
export interface Cluster {
  readonly server: URL;
  /** Where the login comes from, for errors: `context prod of /home/ada/.kube/config`. */
  readonly who: string;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** PEM of the authorities that its certificate may come from; undefined: the system's. */
  readonly authority?: string | undefined;
  /** The certificate is not checked. */
  readonly insecure: boolean;
  /** The name that the certificate must carry, where it is not the host's. */
  readonly serverName?: string | undefined;
  /** Proxy in front of it. */
  readonly proxy?: string | undefined;
  /** Sent with every request, e.g. to impersonate. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Reads the login anew: files and plugins may have another one by now. */
  login(signal?: AbortSignal): Promise<Login>;
}
