import { nearest, quote, UserError } from '@sluice/contract';
import type { Router, RouterKind, RouterOptions } from './router.ts';
import { routerKinds } from './router.ts';

type Driver = (options: RouterOptions) => Promise<Router>;

/** One driver a kind, loaded only when it is asked for. */
const drivers: Readonly<Record<RouterKind, () => Promise<Driver>>> = {
  haproxy: async () => (await import('./haproxy/router.ts')).openHaproxy,
  'gateway-api': async () => (await import('./gateway-api/router.ts')).openGatewayApi,
  istio: async () => (await import('./istio/router.ts')).openIstio,
  'nginx-ingress': async () => (await import('./nginx-ingress/router.ts')).openNginxIngress,
  'argo-rollouts': async () => (await import('./argo-rollouts/router.ts')).openArgoRollouts,
  nginx: async () => (await import('./nginx/router.ts')).openNginx,
  'argo-cd': async () => (await import('./gitops/router.ts')).openGitops,
  kserve: async () => (await import('./kserve/router.ts')).openKserve,
  seldon: async () => (await import('./seldon/router.ts')).openSeldon,
};

/**
 * Opens the router that a target names and checks that it is the one which was meant.
 * @throws UserError (unknown kind, bad target, not configured for a canary), SystemError (no answer)
 */
export async function openRouter(options: RouterOptions & { readonly kind: string }): Promise<Router> {
  const kind = routerKinds.find((known) => known === options.kind);
  if (!kind) {
    const near = nearest(options.kind, routerKinds);
    throw new UserError(
      `router ${quote(options.kind)} is unknown.${near ? ` Did you mean ${near}?` : ''} Allowed: ${routerKinds.join(', ')}.`,
    );
  }
  const open = await drivers[kind]();
  return await open(options);
}
