import { dirname, resolve } from 'node:path';
import { SystemError } from '@sluice/contract';
import { run } from '@sluice/process';
import * as z from 'zod/mini';
import type { Login } from './login.ts';

export const execSchema = z.looseObject({
  apiVersion: z.string(),
  command: z.string(),
  args: z.optional(z.nullable(z.array(z.string()))),
  env: z.optional(z.nullable(z.array(z.object({ name: z.string(), value: z.string() })))),
  installHint: z.optional(z.string()),
  provideClusterInfo: z.optional(z.boolean()),
});
export type Exec = z.infer<typeof execSchema>;

const answer = z.object({
  status: z.object({
    token: z.optional(z.string()),
    clientCertificateData: z.optional(z.string()),
    clientKeyData: z.optional(z.string()),
    expirationTimestamp: z.optional(z.string()),
  }),
});

const LIMIT = 60_000;

/**
 * Asks a credential plugin, such as `aws eks get-token`.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * @throws UserError where it is missing, SystemError where it fails or says nothing of use
 */
export async function execLogin(
  exec: Exec,
  { file, cluster, env, signal }: ExecSurroundings,
): Promise<Login> {
  // a command with a slash lies beside the file that names it, any other on PATH
  const command = exec.command.includes('/') ? resolve(dirname(file), exec.command) : exec.command;
  const { apiVersion } = exec;
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster } : {}) },
  };
  const given = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const result = await run([command, ...(exec.args ?? [])], {
    env: { ...env, ...given, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    timeoutMs: LIMIT,
    signal,
    install: exec.installHint,
  });
  signal?.throwIfAborted();
  const failed = (why: string) =>
    new SystemError(`The login of ${file} is asked from ${exec.command}, and ${why}.`);
  if (result.timedOut) throw failed(`it did not answer within ${LIMIT / 1000} s`);
  if (result.code !== 0)
    throw failed(
      `it ended with ${result.code ?? result.signal}: ${result.stderr.trim().slice(-500) || 'it said nothing'}`,
    );
  const { status } = parsed(result.stdout) ?? {};
  if (!status || (status.token === undefined && status.clientCertificateData === undefined))
    throw failed(`its answer has neither a token nor a certificate`);
  return {
    token: status.token,
    certificate: status.clientCertificateData,
    key: status.clientKeyData,
    expires: status.expirationTimestamp === undefined ? undefined : Date.parse(status.expirationTimestamp),
  };
}

export interface ExecSurroundings {
  /** The kubeconfig that names the plugin. */
  readonly file: string;
  /** What the plugin is told of the cluster where it asks for it. */
  readonly cluster: object;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

function parsed(text: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
