import { openTracker } from '@sluice/tracking';
import type { World } from '../world/world.ts';
import { Check, logOnTrouble, output, push, type Story } from './story.ts';

/** A fine-tune that has learned its capitals goes all the way. */
export const good: Story = {
  title: 'a good fine-tune',
  expected: 'the gate approves, the canary goes 1 → 5 → 25 → 100 %, the new version is live',
  async tell(world) {
    const { gateway, images, trackingUri, folder, signal } = world;
    const result = await push(world, 'good', 'Train on the capitals of forty countries', {
      'config/lora.yaml': (text) => text.replace('seed: 0', 'seed: 1'),
    });
    const version = output(result, 'eval-gate', 'EVAL_GATE_MODEL_VERSION');
    const runId = output(result, 'lora-train', 'LORA_TRAIN_RUN_ID');
    const image = output(result, 'build-vllm-image', 'BUILD_VLLM_IMAGE_IMAGE');
    const check = new Check();
    check.is('exit status of the pipeline', result.exit, 0);
    check.is("the gate's decision", output(result, 'eval-gate', 'EVAL_GATE_DECISION'), 'approve');
    check.is('healthy', output(result, 'smoke-test', 'SMOKE_TEST_HEALTHY'), 'true');
    if (images) check.that(/@sha256:[0-9a-f]{64}$/.test(image), `the image is ${image}, which is no digest`);
    check.is("the canary's decision", output(result, 'canary-step', 'CANARY_STEP_DECISION'), 'complete');
    const share = await gateway.router.weight(signal);
    const live = await answers(world, version);
    check.that(live, `users are not answered by ${version}`);
    const { registry } = openTracker(trackingUri, process.env, { workspace: folder, signal });
    const alias = await registry.getAlias('capitals', 'production').catch(() => undefined);
    check.is('the run behind capitals@production', alias?.runId, runId);
    logOnTrouble(world, check, result);
    return {
      happened: `${version} is live; it had ${output(result, 'canary-step', 'CANARY_STEP_EXPOSED_REQUESTS')} requests on the way`,
      wrong: check.wrong,
      facts: [
        ['version', version],
        ['run', runId],
        ['image', image],
        ['metrics', output(result, 'eval-gate', 'EVAL_GATE_METRICS')],
        [
          'median answer in the smoke test',
          `${output(result, 'smoke-test', 'SMOKE_TEST_LATENCY_P50_MS')} ms`,
        ],
        ['share of the slot canary', `${share} %`],
        ['record', output(result, 'canary-step', 'CANARY_STEP_RECORD')],
      ],
    };
  },
};

/** Whether the next users are answered by a version. */
async function answers({ users, signal }: World, version: string): Promise<boolean> {
  const before = users.of(version).requests;
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    signal.throwIfAborted();
    if (users.of(version).requests > before) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
