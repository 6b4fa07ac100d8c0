import { SystemError, UserError } from '@sluice/contract';
import { AwsV4Signer } from 'aws4fetch';
import { type Request, type RetryPolicy, request } from '../http/request.ts';
import type { Env } from '../mlflow/connection.ts';

/** A bucket of S3, or of anything that speaks as S3 does (MinIO, Ceph, R2). */
export interface Bucket {
  readonly name: string;
  /** One signed request. 404, 409 and 412 are returned, other error statuses are thrown. */
  send(key: string, init?: BucketRequest): Promise<Response>;
}

export type BucketRequest = Omit<Request, 'system' | 'signal' | 'idempotent'> & {
  readonly query?: Readonly<Record<string, string>>;
  /** Default true: S3's operations on one object replace it whole. */
  readonly idempotent?: boolean;
};

/**
 * Connects to a bucket: keys from `AWS_ACCESS_KEY_ID` and its siblings, region from `AWS_REGION`, another server from
 * `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` (then with the bucket in the path).
 *
 * @throws {UserError} when keys are missing
 */
export function connectBucket(
  name: string,
  env: Env,
  { signal, retries }: { readonly signal?: AbortSignal | undefined; readonly retries?: RetryPolicy } = {},
): Bucket {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey)
    throw new UserError(
      `s3://${name} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary keys) in the environment.`,
    );
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const root = bucketAddress(name, region, env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL);
  const sessionToken = env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {};

  return {
    name,
    send: async (key, { query = {}, headers = {}, method = 'GET', idempotent = true, ...init } = {}) => {
      const url = new URL(key === '' ? root : `${root}/${key.split('/').map(encode).join('/')}`);
      for (const [k, v] of Object.entries(query)) url.searchParams.set(k, v);
      const signed = await new AwsV4Signer({
        url: url.href,
        method,
        headers: { ...headers },
        service: 's3',
        region,
        accessKeyId,
        secretAccessKey,
        ...sessionToken,
      }).sign();
      const response = await request(
        url,
        { ...init, method, headers: Object.fromEntries(signed.headers), idempotent, signal, system: 'S3' },
        retries,
      );
      if (response.ok || [404, 409, 412].includes(response.status)) return missingBucket(response, name);
      throw await refusal(response, name, region);
    },
  };
}

/** Virtual-hosted at AWS (where a name without dots allows it), path-style elsewhere. */
export function bucketAddress(bucket: string, region: string, endpoint: string | undefined): string {
  if (endpoint) {
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
      throw new UserError(`AWS_ENDPOINT_URL is '${endpoint}', which is not an http:// or https:// address.`);
    return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  }
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return bucket.includes('.')
    ? `https://s3.${region}.${domain}/${bucket}`
    : `https://${bucket}.s3.${region}.${domain}`;
}

/** RFC 3986: what signature version 4 signs. */
const encode = (part: string) =>
  encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function missingBucket(response: Response, bucket: string): Promise<Response> {
  if (response.status !== 404 || !response.body) return response;
  const text = await response.text();
  if (text.includes('<Code>NoSuchBucket</Code>'))
    throw new UserError(`There is no bucket '${bucket}'. Make it, or correct SLUICE_STORE_URL.`);
  return new Response(text, { status: 404, headers: response.headers });
}

async function refusal(response: Response, bucket: string, region: string): Promise<Error> {
  const text = await response.text().catch(() => '');
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? '';
  if (response.status >= 300 && response.status < 400)
    return new UserError(
      `s3://${bucket} is not in the region ${region} (${response.status} ${code}). Set AWS_REGION.`,
    );
  if (response.status === 401 || response.status === 403)
    return new SystemError(
      `S3 refuses s3://${bucket}: ${response.status} ${code}. Check the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, what they may do, and this machine's clock.`,
    );
  return new SystemError(`S3 answered ${response.status} ${code} for s3://${bucket}.`);
}
