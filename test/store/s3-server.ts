import { join } from 'node:path';
import { pythonEnvironment, start } from '@sluice/process';
import { connectBucket } from '../../packages/store/src/s3/bucket.ts';

export interface S3Server {
  /** What a job's environment holds to reach it. */
  readonly env: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a real S3 API that checks signatures, on a free port of the loopback. */
export async function startS3(): Promise<S3Server> {
  const { python, env } = await pythonEnvironment({
    name: 'S3',
    requirements: ['moto[server,s3,iam]==5.2.*'],
  });
  const program = join(import.meta.dirname, 's3_server.py');
  const ready = Promise.withResolvers<Ready>();
  const service = await start([python, program], {
    env: { ...env, PYTHONUNBUFFERED: '1' },
    onLine: (line, stream) => {
      if (stream === 'stdout' && line.startsWith('{')) ready.resolve(JSON.parse(line) as Ready);
    },
  });
  const ended = service.exited.then(() => {
    throw new Error(`The S3 server ended at its start:\n${service.tail().join('\n')}`);
  });
  const { endpoint, accessKeyId, secretAccessKey } = await Promise.race([ready.promise, ended]);
  ended.catch(() => undefined);
  const environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
  };
  return {
    env: environment,
    makeBucket: async (name) => void (await connectBucket(name, environment).send('', { method: 'PUT' })),
    stop: () => service.stop(),
  };
}

interface Ready {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
