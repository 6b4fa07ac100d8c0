import { SystemError } from '@sluice/contract';
import type { Bucket } from './bucket.ts';

/** All keys that begin with `prefix` (ListObjectsV2, page by page). */
export async function listObjects(bucket: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const query = {
      'list-type': '2',
      'encoding-type': 'url',
      prefix,
      ...(token === undefined ? {} : { 'continuation-token': token }),
    };
    const response = await bucket.send('', { query });
    const page = await response.text();
    if (!response.ok || !page.includes('ListBucketResult'))
      throw new SystemError(`S3 did not list s3://${bucket.name}/${prefix} (${response.status}).`);
    const encoded = page.includes('<EncodingType>url</EncodingType>');
    for (const [, key = ''] of page.matchAll(/<Key>([^<]*)<\/Key>/g)) keys.push(decoded(key, encoded));
    token = /<IsTruncated>true<\/IsTruncated>/.test(page)
      ? unescapeXml(/<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(page)?.[1] ?? '')
      : undefined;
  } while (token);
  return keys;
}

/** Keys are URL-encoded on request, since XML cannot hold every one; some servers ignore the request. */
function decoded(key: string, encoded: boolean): string {
  const text = unescapeXml(key);
  return encoded ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex
      ? String.fromCodePoint(Number.parseInt(hex, 16))
      : decimal
        ? String.fromCodePoint(Number(decimal))
        : (ENTITIES[name] ?? whole),
  );
}
