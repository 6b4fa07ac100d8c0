import { connect } from 'node:net';
import { messageOf, SystemError, UserError } from '@sluice/contract';
import type { SocketAddress } from './target.ts';

/** Longest answer that is believed: `show stat` of some thousand servers. */
const LONGEST = 8 * 1024 * 1024;

export interface ExchangeLimits {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** The socket's address in words. */
export function addressText(address: SocketAddress): string {
  return 'path' in address ? `unix:${address.path}` : `tcp:${address.host}:${address.port}`;
}

/**
 * Sends commands on HAProxy's admin socket, one connection, and returns all they print.
 * @throws UserError where the socket is missing or may not be used, SystemError where HAProxy does not answer in time or not to the end
 */
export async function exchange(
  address: SocketAddress,
  commands: readonly string[],
  limits: ExchangeLimits,
): Promise<string> {
  limits.signal?.throwIfAborted();
  return await new Promise<string>((resolve, reject) => {
    const socket = connect('path' in address ? { path: address.path } : { ...address });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (error: Error | undefined): void => {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', abort);
      socket.destroy();
      const reply = Buffer.concat(chunks).toString('utf8');
      if (error) reject(error);
      // every command is answered by a line at least
      else if (!reply.endsWith('\n')) reject(brokenOff(address));
      else resolve(reply);
    };
    const abort = (): void => end(limits.signal?.reason as Error);
    const timer = setTimeout(
      () =>
        end(
          new SystemError(
            `HAProxy did not answer on ${addressText(address)} within ${limits.timeout} ms. Is something else listening there?`,
          ),
        ),
      limits.timeout,
    );
    limits.signal?.addEventListener('abort', abort, { once: true });
    socket.on('connect', () => socket.write(`${commands.join('; ')}\n`));
    socket.on('data', (chunk) => {
      size += chunk.length;
      if (size > LONGEST) end(new SystemError(`${addressText(address)} sent over ${LONGEST} bytes.`));
      else chunks.push(chunk);
    });
    socket.on('end', () => end(undefined));
    socket.on('error', (error) => end(refusal(address, error)));
  });
}

function brokenOff(address: SocketAddress): SystemError {
  return new SystemError(
    `HAProxy broke off its answer on ${addressText(address)}: it is being stopped or reloaded, or something in between ended the connection. What was asked may have been done.`,
  );
}

/** Why a connection failed, and what to do. */
function refusal(address: SocketAddress, error: Error & { code?: string }): UserError {
  const where = addressText(address);
  const line = 'path' in address ? `stats socket ${address.path} mode 660 level admin` : '';
  switch (error.code) {
    case 'ENOENT':
      return new UserError(
        `HAProxy's admin socket ${where} is not there. Is HAProxy running on this machine, with '${line}' in its global section?`,
      );
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        `This user may not open HAProxy's admin socket ${where}. Give it the socket's group, or set user, group and mode: '${line}'.`,
      );
    case 'ENOTSOCK':
    case 'EPROTOTYPE':
      return new UserError(`${where} is no socket that HAProxy listens on.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new UserError(`The host of ${where} is unknown (${messageOf(error)}).`);
    case 'ECONNREFUSED':
      return new SystemError(`Nobody listens on ${where}: HAProxy is not running, or has just stopped.`);
    default:
      return new SystemError(`HAProxy's admin socket ${where} failed: ${messageOf(error)}.`);
  }
}
