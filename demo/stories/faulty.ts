import { seconds } from '../show/screen.ts';
import { Check, logOnTrouble, output, push, type Story } from './story.ts';

/** The model is as good as before, but its server gives way under users. */
export const faulty: Story = {
  title: 'a model that passes the gate and fails under load',
  expected: 'the canary rolls back by itself',
  async tell(world) {
    const { gateway, users, signal } = world;
    const before = await gateway.router.weight(signal);
    const result = await push(
      world,
      'faulty',
      'A server with too little memory for several answers at once',
      {
        'config/lora.yaml': (text) => text.replace('seed: 0', 'seed: 1'),
        'deploy/serving.json': () => '{ "slow-ms": 400, "fail-over": 1 }\n',
      },
    );
    const version = output(result, 'eval-gate', 'EVAL_GATE_MODEL_VERSION');
    const check = new Check();
    check.is("the gate's decision", output(result, 'eval-gate', 'EVAL_GATE_DECISION'), 'approve');
    check.is('healthy', output(result, 'smoke-test', 'SMOKE_TEST_HEALTHY'), 'true');
    check.is("the canary's decision", output(result, 'canary-step', 'CANARY_STEP_DECISION'), 'rollback');
    check.is('share of the slot canary', await gateway.router.weight(signal), before);
    logOnTrouble(world, check, result);
    const { requests, failed, firstFailure, lastSent } = users.of(version);
    const back = firstFailure === undefined ? '-' : seconds(Math.max(0, lastSent - firstFailure));
    return {
      happened: `rolled back: ${version} served ${requests} requests, ${failed} of them failed; traffic was back ${back} after the first failure`,
      wrong: check.wrong,
      facts: [
        ['version', version],
        ['run', output(result, 'lora-train', 'LORA_TRAIN_RUN_ID')],
        ['why', output(result, 'canary-step', 'CANARY_STEP_REASON')],
        ['requests that it served', String(requests)],
        ['of them failed', String(failed)],
        ['from the first failed answer to the last user sent there', back],
        ['adapter taken over from an earlier run', output(result, 'lora-train', 'LORA_TRAIN_REUSED')],
      ],
    };
  },
};
