import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Condition, conditionOf, type Kubernetes, type KubernetesObject } from '@sluice/kubernetes';
import { parseAllDocuments } from 'yaml';
import { goModule } from '../go-programs.ts';

/** Custom resource definitions as their projects publish them, in their Go modules. */
const published = {
  'gateway-api': {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.4.1',
    files: ['gateways', 'httproutes', 'grpcroutes'].map(
      (name) => `config/crd/standard/gateway.networking.k8s.io_${name}.yaml`,
    ),
  },
  'argo-rollouts': {
    module: 'github.com/argoproj/argo-rollouts',
    version: 'v1.9.0',
    files: ['rollout', 'analysis-run', 'analysis-template', 'cluster-analysis-template', 'experiment'].map(
      (name) => `manifests/crds/${name}-crd.yaml`,
    ),
  },
  istio: {
    module: 'istio.io/api',
    version: 'v1.31.1',
    files: ['kubernetes/customresourcedefinitions.gen.yaml'],
  },
  kserve: {
    module: 'github.com/kserve/kserve',
    version: 'v0.20.0',
    files: [
      'full/serving.kserve.io_inferenceservices',
      'minimal/llmisvc/serving.kserve.io_llminferenceservices',
    ].map((path) => `config/crd/${path}.yaml`),
  },
} as const;

/** Applies the definitions of a project and waits until the server serves them. */
export async function installDefinitions(
  cluster: Kubernetes,
  project: keyof typeof published,
): Promise<void> {
  const { module, version, files } = published[project];
  const folder = await goModule(module, version);
  for (const file of files)
    for (const document of parseAllDocuments(await readFile(join(folder, file), 'utf8'))) {
      const definition = document.toJS() as ToApply | null;
      if (definition) await installDefinition(cluster, definition);
    }
}

/** Applies one definition and waits until the server serves it. */
export async function installDefinition(cluster: Kubernetes, definition: ToApply): Promise<void> {
  const resource = await cluster.resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
  await cluster.apply(definition, { force: true });
  const served = await cluster.until<Definition>(
    { resource, name: definition.metadata.name },
    (now) => conditionOf(now?.status?.conditions, 'Established')?.status === 'True',
    { timeout: 60_000 },
  );
  if (!served?.object) throw new Error(`${definition.metadata.name} is not served after 60 s`);
  await untilListed(cluster, served.object);
}

/** A definition is served a moment before the server lists it. */
async function untilListed(cluster: Kubernetes, { spec }: Definition): Promise<void> {
  for (const { name } of spec.versions.filter(({ served }) => served))
    for (const end = Date.now() + 60_000; ; await sleep(50)) {
      const listed = await cluster
        .resource(`${spec.group}/${name}`, spec.names.kind)
        .catch((error: Error) => error);
      if (!(listed instanceof Error)) break;
      if (Date.now() > end) throw listed;
    }
}

type ToApply = KubernetesObject & { readonly apiVersion: string; readonly kind: string };

interface Definition extends KubernetesObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}
