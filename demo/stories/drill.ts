import { openTracker } from '@sluice/tracking';
import { FIRST, type World } from '../world/world.ts';
import { Check, logOnTrouble, output, rollbackDrill, type Story } from './story.ts';

/** All users go to the version before and come back, while they ask. */
export const drill: Story = {
  title: 'a rollback drill',
  expected: 'the version before answers as its recorded metrics say, then everything is as it was',
  async tell(world) {
    const { gateway, users, signal } = world;
    const before = await gateway.router.weight(signal);
    const had = users.of(FIRST.version).requests;
    const result = await rollbackDrill(world, await liveRun(world));
    const out = (name: string) => output(result, 'rollback', `ROLLBACK_${name}`);
    const check = new Check();
    check.is('exit status of rollback', result.jobs.get('rollback')?.exit, 0);
    check.is('rolled-back', out('ROLLED_BACK'), 'true');
    check.is('verified', out('VERIFIED'), 'true');
    check.is('to-version', out('TO_VERSION'), FIRST.version);
    check.is('share of the slot canary', await gateway.router.weight(signal), before);
    logOnTrouble(world, check, result);
    const during = users.of(FIRST.version).requests - had;
    check.that(during > 0, `no user was answered by ${FIRST.version} during the drill`);
    return {
      happened: `${out('FROM_VERSION')} → ${out('TO_VERSION')} in ${out('DURATION_MS')} ms, ${during} requests answered there, ${out('VERIFIED') === 'true' ? 'verified' : 'NOT verified'}, and back`,
      wrong: check.wrong,
      facts: [
        ['from', out('FROM_VERSION')],
        ['to', out('TO_VERSION')],
        ['until no user was sent to the version taken back', `${out('DURATION_MS')} ms`],
        ['requests that the version before answered meanwhile', String(during)],
      ],
    };
  },
};

/** The run that the registry names as live. */
async function liveRun({ trackingUri, folder, signal }: World): Promise<string> {
  const { registry } = openTracker(trackingUri, process.env, { workspace: folder, signal });
  const live = await registry.getAlias('capitals', 'production');
  if (!live?.runId) throw new Error('no version is live');
  return live.runId;
}
