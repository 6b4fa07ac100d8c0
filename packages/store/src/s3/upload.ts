import { openAsBlob } from 'node:fs';
import { SystemError } from '@sluice/contract';
import type { Bucket } from './bucket.ts';

const MiB = 1 << 20;

/** From which size on a file goes in parts (S3 takes 5 GiB in one request at most), and how large a part is. */
export interface PartSizes {
  readonly whole: number;
  readonly part: number;
}
const SIZES: PartSizes = { whole: 512 * MiB, part: 128 * MiB };

/** Uploads a file of any size, streamed from the disk; it appears under its key whole or not at all. */
export async function upload(bucket: Bucket, key: string, path: string, sizes = SIZES): Promise<void> {
  const blob = await openAsBlob(path);
  if (blob.size <= sizes.whole) {
    await done(await bucket.send(key, { method: 'PUT', body: () => blob, timeout: 0 }), bucket, key);
    return;
  }
  const started = await done(await bucket.send(key, { method: 'POST', query: { uploads: '' } }), bucket, key);
  const uploadId = /<UploadId>([^<]*)<\/UploadId>/.exec(await started.text())?.[1];
  if (!uploadId) throw new SystemError(`S3 did not start an upload in parts of s3://${bucket.name}/${key}.`);
  try {
    // S3 counts at most 10,000 parts
    const size = Math.max(sizes.part, Math.ceil(blob.size / 10_000));
    const parts: string[] = [];
    for (let start = 0; start < blob.size; start += size) {
      const number = String(parts.length + 1);
      const response = await bucket.send(key, {
        method: 'PUT',
        query: { partNumber: number, uploadId },
        body: () => blob.slice(start, Math.min(blob.size, start + size)),
        timeout: 0,
      });
      const etag = (await done(response, bucket, key)).headers.get('etag') ?? '';
      parts.push(
        `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
      );
    }
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    const response = await bucket.send(key, {
      method: 'POST',
      query: { uploadId },
      body: () => body,
      timeout: 0,
    });
    // S3 may answer 200 first and say in the body that it failed
    const text = await (await done(response, bucket, key)).text();
    if (!text.includes('CompleteMultipartUploadResult'))
      throw new SystemError(
        `S3 did not complete the upload of s3://${bucket.name}/${key}: ${text.slice(0, 200)}`,
      );
  } catch (error) {
    // the parts would be paid for until somebody finds them
    await bucket.send(key, { method: 'DELETE', query: { uploadId } }).catch(() => undefined);
    throw error;
  }
}

async function done(response: Response, bucket: Bucket, key: string): Promise<Response> {
  if (response.ok) return response;
  throw new SystemError(`S3 answered ${response.status} to the upload of s3://${bucket.name}/${key}.`);
}
