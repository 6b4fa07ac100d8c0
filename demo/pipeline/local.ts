import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const root = dirname(dirname(import.meta.dirname));

/** What stands in an example for days and hours, and what a demonstration has instead. */
export interface LocalOptions {
  /** Stages of the canary, such as `1@3s,100@3s`. */
  readonly plan: string;
  /** Without it the pipeline has no image: nothing that builds one is here. */
  readonly image: boolean;
}

const PLAN = 'plan: 1@1h,5@2h,25@2h,100@24h';

/**
 * An example pipeline as gitlab-ci-local runs it: each `component:` of a server becomes the same component as a file of the checkout,
 * and the plan counts in seconds. Nothing else changes.
 */
export function localPipeline(text: string, { plan, image }: LocalOptions): string {
  const local = text
    .replace(
      /component: \$CI_SERVER_FQDN\/your-group\/sluice-[a-z-]+\/([a-z-]+)@1/g,
      'local: templates/$1/template.yml',
    )
    .replace(PLAN, `plan: ${plan}`);
  return image ? local : withoutImage(local);
}

/** Leaves the image out: the model's record is then the gate's, and what is served is the version that the gate registered. */
function withoutImage(text: string): string {
  return text
    .replace(/ {2}- local: templates\/build-vllm-image\/[\s\S]*?\n\n/, '')
    .replace(/\nbuild-vllm-image:\n[\s\S]*?\n\n/, '\n')
    .replace(/,? ?build-vllm-image(?=[,\]])/g, '')
    .replace(/ +image: \$BUILD_VLLM_IMAGE_IMAGE\n/, '')
    .replaceAll('IMAGE=$BUILD_VLLM_IMAGE_IMAGE ', '')
    .replaceAll('$BUILD_VLLM_IMAGE_RECORD', '$EVAL_GATE_RECORD')
    .replaceAll('$BUILD_VLLM_IMAGE_VERSION', '$EVAL_GATE_MODEL_VERSION');
}

/** Puts the example pipelines and the components they name into a project. */
export async function installPipelines(project: string, options: LocalOptions): Promise<void> {
  const examples = join(root, 'workflows-examples', 'gitlab');
  for (const name of await readdir(examples)) {
    if (!name.endsWith('.yml')) continue;
    await writeFile(
      join(project, name),
      localPipeline(await readFile(join(examples, name), 'utf8'), options),
    );
  }
  await mkdir(join(project, 'templates'), { recursive: true });
  await cp(join(root, 'templates'), join(project, 'templates'), { recursive: true });
}

/**
 * How the command `sluice` is started: the built program; the sources where it was not built yet, or where `SLUICE_FROM_SOURCE` is set, for
 * whoever changes an action and wants to see it.
 */
export function sluiceProgram(): string {
  const built = join(root, 'dist', 'cli', 'index.js');
  return existsSync(built) && !process.env.SLUICE_FROM_SOURCE ? built : join(root, 'cli', 'bin', 'sluice.js');
}
