import { setTimeout as sleep } from 'node:timers/promises';
import { type Kubernetes, type KubernetesObject, resources } from '@sluice/kubernetes';

interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status?: { readonly phase?: string };
}

/**
 * Does what a node would say: every Pod that is new runs and is ready, with the digest of its image, but for those that
 * `fails` holds for, which never are.
 */
export function runPods(
  cluster: Kubernetes,
  { fails = () => false }: { readonly fails?: (image: string) => boolean } = {},
): AsyncDisposable {
  const over = new AbortController();
  const loop = async () => {
    while (!over.signal.aborted) {
      const pods = await cluster.list<Pod>(resources.pod, { signal: over.signal });
      for (const pod of pods)
        if (pod.status?.phase !== 'Running' && pod.metadata.deletionTimestamp === undefined)
          await say(cluster, pod, !pod.spec.containers.some(({ image }) => fails(image)), over.signal);
      await sleep(100, undefined, { signal: over.signal });
    }
  };
  const ended = loop().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await ended;
    },
  };
}

async function say(cluster: Kubernetes, pod: Pod, ready: boolean, signal: AbortSignal): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const status = ready ? 'True' : 'False';
  const condition = (type: string) => ({ type, status, lastTransitionTime: now });
  const containerStatuses = pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: image.includes('@') ? image : `${image}@sha256:${'0'.repeat(64)}`,
    ready,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now } },
  }));
  const { namespace, name } = pod.metadata;
  const body = {
    status: {
      phase: 'Running',
      startTime: now,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      containerStatuses,
    },
  };
  await cluster
    .patch(
      { resource: resources.pod, namespace, name },
      { type: 'merge', body },
      { subresource: 'status', signal },
    )
    .catch((error: { status?: number }) => {
      // it was taken away in the meantime
      if (error.status !== 404 && error.status !== 409) throw error;
    });
}
