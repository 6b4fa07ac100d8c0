import type { Resource } from '@sluice/kubernetes';

export const route: Resource = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  namespaced: true,
};

/** A route of two Services, all users at the first. */
export function httpRoute(namespace: string, name: string, rules?: readonly object[]): object {
  const refs = [
    { name: `${name}-stable`, port: 80, weight: 1 },
    { name: `${name}-canary`, port: 80, weight: 0 },
  ];
  return {
    apiVersion: route.apiVersion,
    kind: route.kind,
    metadata: { namespace, name },
    spec: {
      parentRefs: [{ name: 'public' }],
      rules: rules ?? [
        { name: 'chat', matches: [{ path: { type: 'PathPrefix', value: '/v1' } }], backendRefs: refs },
      ],
    },
  };
}
