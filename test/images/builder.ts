import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { definition } from '../../actions/build-vllm-image/src/definition.ts';
import { run } from '../../actions/build-vllm-image/src/run.ts';
import type { Buildah } from '../parts/buildah.ts';
import type { Registry } from '../parts/registry.ts';

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
