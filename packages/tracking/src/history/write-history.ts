import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, SystemError } from '@sluice/contract';
import { type RetryPolicy, request, writeAtomically } from '@sluice/store';
import type { VersionFigures } from './figure.ts';
import { toLines } from './line-protocol.ts';
import { toPrometheusText } from './prometheus-text.ts';
import type { HistoryTarget } from './target.ts';

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  readonly retries?: RetryPolicy;
}

/**
 * Writes the figures of one version to one target. A point that is written twice is the same point.
 *
 * @throws {SystemError} when the target refuses or does not answer
 */
export async function writeHistory(
  target: HistoryTarget,
  version: VersionFigures,
  options: WriteOptions = {},
): Promise<void> {
  if (version.figures.length === 0) return;
  switch (target.kind) {
    case 'influxdb':
      return send(target, target.url, 'POST', toLines(version), options);
    case 'pushgateway':
      return send(
        target,
        groupOf(target.url, version.model),
        'PUT',
        toPrometheusText(version, { grouped: true }),
        options,
      );
    case 'line-protocol':
      return onDisk(target.path, async () => {
        await mkdir(dirname(target.path), { recursive: true });
        // one write at the end of the file: lines of steps that write at once do not mix
        await appendFile(target.path, `${await brokenOff(target.path)}${toLines(version)}`);
      });
    case 'textfile':
      // a collector that reads meanwhile sees the old figures or the new ones
      return onDisk(target.path, () => writeAtomically(target.path, toPrometheusText(version)));
  }
}

/** A line break where a job that was killed left the last line without one, else nothing: no line goes on where another broke off. */
async function brokenOff(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return '';
  try {
    const there = await file.stat();
    if (!there.isFile() || there.size === 0) return '';
    const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: there.size - 1 });
    return buffer.toString() === '\n' ? '' : '\n';
  } finally {
    await file.close();
  }
}

/** A group a model: what another model pushed stays. Values that a path cannot hold go as base64 (Pushgateway's README). */
function groupOf(address: URL, model = ''): URL {
  const url = new URL(address);
  const encoded = Buffer.from(model).toString('base64url');
  url.pathname = `${address.pathname.replace(/\/+$/, '')}/metrics/job/sluice/model@base64/${encoded || '='}`;
  return url;
}

async function send(
  { authorization, shown }: Extract<HistoryTarget, { readonly url: URL }>,
  url: URL,
  method: string,
  body: string,
  { signal, retries }: WriteOptions,
): Promise<void> {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    ...(authorization ? { authorization } : {}),
  };
  const asked = { method, headers, body: () => body, idempotent: true, signal, system: shown };
  const response = await request(url, asked, retries);
  const text = await response.text();
  if (!response.ok)
    throw new SystemError(`${shown} answered ${response.status}: ${text.trim().slice(0, 300)}`);
  // a page for people, such as a proxy's log-in, comes with 200 too
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new SystemError(
      `${shown} answered with a page for people (text/html), so nothing shows that it kept anything; check the address`,
    );
}

async function onDisk(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof SystemError) throw error;
    throw new SystemError(`${path} cannot be written: ${messageOf(error)}`);
  }
}
