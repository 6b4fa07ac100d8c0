import { SystemError } from '@sluice/contract';
import type { Bucket } from './bucket.ts';

/** An ETag that no object has. */
const NO_ETAG = `"${'0'.repeat(32)}"`;

/**
 * Refuses a server that writes although `If-Match` names another ETag: two jobs would take the same decision there, and neither would
 * learn of it. Tried on the object `probe`, which holds nothing and stays, since some servers look at the condition only where there is
 * an object. A server that does not let us try is left to the write itself.
 *
 * @throws {SystemError} where the condition is passed over
 */
export async function requireConditionalWrites(bucket: Bucket, probe: string): Promise<void> {
  const put = async (headers: Record<string, string>): Promise<number> => {
    const response = await bucket
      .send(probe, { method: 'PUT', headers, body: () => 'tries whether If-Match is honoured\n' })
      .catch(() => undefined);
    await response?.body?.cancel();
    return response?.status ?? 0;
  };
  const first = await put({ 'if-match': NO_ETAG });
  if (first === 404) await put({});
  else if (first !== 200) return;
  if ((await put({ 'if-match': NO_ETAG })) === 200)
    throw new SystemError(
      `The server of s3://${bucket.name} passes over If-Match, so that two jobs could overwrite each other's decision. Keep the state elsewhere: a server that honours conditional writes, a folder that all jobs share, or state: file:<path>.`,
    );
}
