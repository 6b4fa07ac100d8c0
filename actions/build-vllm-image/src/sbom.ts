import { version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { hexOf } from '@sluice/record';
import type { Built } from './build.ts';
import type { Context } from './context.ts';
import type { Approved } from './proof.ts';
import { VERSION } from './version.ts';

/**
 * CycloneDX 1.6 list of what Sluice put into the image: the model or adapter with its digest. What the base image
 * holds is the base image's own list.
 */
export async function writeSbom(
  proof: Approved,
  context: Context,
  built: Built,
  host: Host,
): Promise<string> {
  const name = version.format(proof.version);
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: host.now().toISOString(),
      tools: { components: [{ type: 'application', name: 'sluice/build-vllm-image', version: VERSION }] },
      component: {
        type: 'container',
        'bom-ref': 'image',
        name: built.pushed?.image ?? built.name,
        version: name,
      },
    },
    components: [
      {
        type: 'machine-learning-model',
        'bom-ref': proof.part.kind,
        name: proof.version.name,
        version: proof.version.semver,
        hashes: [{ alg: 'SHA-256', content: hexOf(proof.part.digest) }],
        properties: [
          { name: 'sluice:run-id', value: proof.runId },
          { name: 'sluice:bytes', value: String(context.bytes) },
        ],
      },
    ],
    dependencies: [{ ref: 'image', dependsOn: [proof.part.kind] }],
  };
  const [path] = await host.keep([
    { name: 'sbom.cdx.json', content: `${JSON.stringify(bom, null, 2)}\n`, kind: 'json' },
  ]);
  return path as string;
}
