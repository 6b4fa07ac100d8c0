import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routerKinds } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { definition as canary } from '../../actions/canary-step/src/definition.ts';
import { definition as back } from '../../actions/rollback/src/definition.ts';
import { can as argoRollouts } from '../../packages/traffic/src/argo-rollouts/router.ts';
import { can as gatewayApi } from '../../packages/traffic/src/gateway-api/router.ts';
import { can as argoCd } from '../../packages/traffic/src/gitops/router.ts';
import { can as haproxy } from '../../packages/traffic/src/haproxy/router.ts';
import { can as istio } from '../../packages/traffic/src/istio/router.ts';
import { can as kserve } from '../../packages/traffic/src/kserve/router.ts';
import { can as nginx } from '../../packages/traffic/src/nginx/router.ts';
import { can as nginxIngress } from '../../packages/traffic/src/nginx-ingress/router.ts';
import { can as seldon } from '../../packages/traffic/src/seldon/router.ts';

const all = {
  haproxy,
  nginx,
  'gateway-api': gatewayApi,
  istio,
  'nginx-ingress': nginxIngress,
  'argo-rollouts': argoRollouts,
  'argo-cd': argoCd,
  kserve,
  seldon,
};

it('the README says of each router what its driver can do', async () => {
  const text = await readFile(join(import.meta.dirname, '../../actions/canary-step/README.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([\w-]+)` \| [^|]+ \| (yes|no) \| ([\d.]+) % \|(.*)\|$/gm)].map(
    ([, name, weights, precision, rest]) => [
      name,
      weights,
      Number(precision),
      ...(rest as string).split('|').map((cell) => cell.trim()),
    ],
  );
  const word = (yes: boolean) => (yes ? 'yes' : 'no');
  const said = Object.entries(all).map(([name, can]) => [
    name,
    word(can.weights),
    can.precision,
    ...[can.sticky, can.segments, can.state, can.mirror].map(word),
  ]);
  expect(rows).toEqual(said);
});

it('both actions take every router that has a driver', () => {
  expect(Object.keys(all)).toEqual([...routerKinds]);
  for (const { inputs } of [canary, back])
    for (const kind of routerKinds) expect(inputs.router.type.parse(kind)).toBe(kind);
});
