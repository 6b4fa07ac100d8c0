import { Check, logOnTrouble, output, push, type Story } from './story.ts';

/** A fine-tune that has learned nothing is stopped by the gate. */
export const bad: Story = {
  title: 'a bad fine-tune',
  expected: 'the gate rejects it, nothing is deployed',
  async tell(world) {
    const { gateway, users, signal } = world;
    const before = await gateway.router.weight(signal);
    const versions = new Set(users.versions.keys());
    const result = await push(world, 'bad', 'A far smaller learning rate', {
      'config/lora.yaml': (text) =>
        text.replace('learning-rate: 5e-3', 'learning-rate: 1e-5').replace('steps: 150', 'steps: 30'),
    });
    const check = new Check();
    check.is("the gate's decision", output(result, 'eval-gate', 'EVAL_GATE_DECISION'), 'reject');
    check.is('deploy', output(result, 'eval-gate', 'EVAL_GATE_DEPLOY'), 'false');
    check.is('exit status of eval-gate', result.jobs.get('eval-gate')?.exit, 3);
    // on GitHub `if:` sees the decision, and the jobs are skipped; on GitLab they run and say no
    const stopped = (job: string, status: number) =>
      check.is(`exit status of ${job}`, result.jobs.get(job)?.exit, world.github ? undefined : status);
    if (world.images) stopped('build-vllm-image', 3);
    stopped('smoke-test', 10);
    stopped('canary-step', 3);
    check.is('share of the slot canary', await gateway.router.weight(signal), before);
    check.that(
      [...users.versions.keys()].every((version) => versions.has(version)),
      'users were answered by a version that was not there before',
    );
    logOnTrouble(world, check, result);
    const failed = JSON.parse(output(result, 'eval-gate', 'EVAL_GATE_FAILED_GATES').replace(/^-$/, '[]')) as {
      name: string;
    }[];
    return {
      happened: `rejected by ${failed.length} gates (${failed.map(({ name }) => name).join('; ')}); no image, no server, no user`,
      wrong: check.wrong,
      facts: [
        ['run', output(result, 'lora-train', 'LORA_TRAIN_RUN_ID')],
        ['metrics', output(result, 'eval-gate', 'EVAL_GATE_METRICS')],
        ['failed gates', failed.map(({ name }) => name).join('; ')],
      ],
    };
  },
};
