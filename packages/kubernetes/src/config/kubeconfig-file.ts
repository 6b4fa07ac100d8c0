import { readFile } from 'node:fs/promises';
import { messageOf, readDocument, UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { execSchema } from './exec.ts';

const text = z.string();
const some = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

const cluster = z.looseObject({
  server: text,
  'certificate-authority': some(text),
  'certificate-authority-data': some(text),
  'insecure-skip-tls-verify': some(z.boolean()),
  'tls-server-name': some(text),
  'proxy-url': some(text),
});
const user = z.looseObject({
  token: some(text),
  tokenFile: some(text),
  'client-certificate': some(text),
  'client-certificate-data': some(text),
  'client-key': some(text),
  'client-key-data': some(text),
  as: some(text),
  'as-uid': some(text),
  'as-groups': some(z.array(text)),
  exec: some(execSchema),
});
const context = z.looseObject({ cluster: text, user: some(text), namespace: some(text) });

const kubeconfig = z.looseObject({
  'current-context': some(text),
  clusters: some(z.array(z.looseObject({ name: text, cluster }))),
  users: some(z.array(z.looseObject({ name: text, user }))),
  contexts: some(z.array(z.looseObject({ name: text, context }))),
});

export type ClusterEntry = z.infer<typeof cluster>;
export type UserEntry = z.infer<typeof user>;
export type ContextEntry = z.infer<typeof context>;

/** One kubeconfig file. */
export interface ConfigFile {
  readonly path: string;
  readonly config: z.infer<typeof kubeconfig>;
}

/**
 * Parses one.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 * @throws UserError with line and column
 */
export function parseKubeconfig(content: string, path: string): ConfigFile {
  return { path, config: readDocument(content, path, kubeconfig) };
}

/** Reads one; undefined where it is not there. @throws UserError where it cannot be read or is none */
export async function readKubeconfig(path: string): Promise<ConfigFile | undefined> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`The kubeconfig ${path} cannot be read: ${messageOf(error)}.`);
  }
  return parseKubeconfig(content, path);
}
