import { readFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { messageOf, UserError } from '@sluice/contract';

/** Paths of PEM files. */
export interface TlsFiles {
  /** Who may have signed the server's certificate, instead of the authorities that Node.js knows. */
  readonly ca?: string | undefined;
  /** The certificate that this client shows, and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Posts a form and reads the whole answer. */
export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<Reply>;

/** Through the global `fetch`, which follows the proxy of the environment. */
export const postPlain: Post = async (url, headers, body, signal) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal });
  return { status: response.status, text: await response.text() };
};

/**
 * Over TLS with files of the user's own; `fetch` cannot show a client certificate.
 * @throws UserError where one of the files cannot be read
 */
export function postTls(files: TlsFiles): Post {
  let read: Promise<RequestOptions> | undefined;
  return async (url, headers, body, signal) => {
    read ??= readAll(files);
    const options = { ...(await read), method: 'POST', signal, headers };
    return await new Promise<Reply>((resolve, reject) => {
      const sent = request(url, options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
}

async function readAll(files: TlsFiles): Promise<RequestOptions> {
  const one = async (what: keyof TlsFiles): Promise<RequestOptions> => {
    const path = files[what];
    if (path === undefined) return {};
    try {
      return { [what]: await readFile(path) };
    } catch (error) {
      throw new UserError(
        `The ${what} file ${path} of the metrics' TLS cannot be read: ${messageOf(error)}. Give the path of a PEM file.`,
      );
    }
  };
  return Object.assign({}, ...(await Promise.all([one('ca'), one('cert'), one('key')])));
}
