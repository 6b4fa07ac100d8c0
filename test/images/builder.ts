import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { definition } from '../../actions/build-vllm-image/src/definition.ts';
import { run } from '../../actions/build-vllm-image/src/run.ts';
import { type Buildah, startBuildah } from '../parts/buildah.ts';
import { type Registry, startRegistry } from '../parts/registry.ts';

/** What the tests of one file share: buildah and a registry of their own, and a new host for each test. */
export interface Bench {
  buildah: Buildah;
  registry: Registry;
  host: TestHost;
}

/** Starts the parts before the tests of this file and ends them after. */
export function useBuilder(): Bench {
  const bench = {} as Bench;
  beforeAll(async () => {
    [bench.buildah, bench.registry] = await Promise.all([startBuildah(), startRegistry()]);
  });
  afterAll(async () => {
    await bench.registry.stop();
    await bench.buildah.remove();
  });
  beforeEach(() => {
    bench.host = builderHost(bench.buildah);
  });
  afterEach(() => bench.host.dispose());
  return bench;
}

/** A host whose buildah is the tests' own. */
export const builderHost = (buildah: Buildah): TestHost =>
  testHost({ action: 'build-vllm-image', env: { ...buildah.env, SLUICE_STORE_URL: undefined } });

/** Runs the action on an empty base image, to the registry of the tests. */
export const buildOn = (host: TestHost, registry: Registry, given: Record<string, string>) =>
  run(
    parseInputs(
      definition,
      new Map(
        Object.entries({
          builder: 'buildah',
          'base-image': 'scratch',
          image: `${registry.host}/team/qwen`,
          'tls-verify': 'false',
          ...given,
        }),
      ),
    ),
    host,
  );
