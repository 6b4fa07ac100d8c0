import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { localPipeline } from './local.ts';

const examples = join(import.meta.dirname, '..', '..', 'workflows-examples', 'gitlab');
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yml'),
);
const PLAN = '10@2s,100@2s';
const read = (name: string) => readFileSync(join(examples, name), 'utf8');

/** GitLab's own tag, as a list. */
const reference = { tag: '!reference', collection: 'seq' } as const;
const yaml = (text: string) => parse(text, { customTags: [reference], logLevel: 'silent' });

describe.each(files)('%s', (name) => {
  it('keeps every job and every input; only where components lie and the plan differ', () => {
    const [given, local] = [yaml(read(name)), yaml(localPipeline(read(name), { plan: PLAN, image: true }))];
    expect(Object.keys(local)).toEqual(Object.keys(given));
    const inputs = ({ include = [] }: { include: { inputs?: Record<string, string> }[] }) =>
      include.map(
        (entry) => entry.inputs && { ...entry.inputs, ...('plan' in entry.inputs ? { plan: PLAN } : {}) },
      );
    expect(inputs(local)).toEqual(inputs(given));
    expect(JSON.stringify(local)).not.toContain('component');
  });
});

describe('without an image', () => {
  const local = localPipeline(read('.gitlab-ci.yml'), { plan: PLAN, image: false });

  it('nothing names the image any more', () => {
    expect(local).not.toMatch(/build-vllm-image|BUILD_VLLM_IMAGE/);
    expect(Object.keys(yaml(local))).toEqual(
      Object.keys(yaml(read('.gitlab-ci.yml'))).filter((job) => job !== 'build-vllm-image'),
    );
  });

  it("the rollout starts on the gate's own record", () => {
    const canary = yaml(local).include.find(({ local: path }: { local: string }) =>
      path?.includes('canary-step'),
    );
    expect(canary.inputs).toMatchObject({ record: '$EVAL_GATE_RECORD', plan: PLAN });
    expect(canary.inputs).not.toHaveProperty('image');
    expect(yaml(local)['canary-step'].needs).toEqual(['lora-train', 'eval-gate', 'smoke-test']);
  });
});
