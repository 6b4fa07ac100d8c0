import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Detached, endDetached, startDetached, stillRuns } from '@sluice/process';
import type { Instance, InstanceStart, Slot } from '@sluice/rollout';
import { filled } from './render.ts';

type CommandStart = Extract<InstanceStart, { readonly kind: 'command' }>;

/** Starts the program of an instance, unless it runs; what it prints goes to a file of the workspace. */
export async function runCommand(
  instance: Instance,
  start: CommandStart,
  slot: Slot,
  { env, workspace }: { readonly env: NodeJS.ProcessEnv; readonly workspace: string },
): Promise<Detached> {
  if (instance.process && (await stillRuns(instance.process)) !== false) return instance.process;
  const folder = join(workspace, '.sluice', 'instances');
  await mkdir(folder, { recursive: true });
  const argv = start.command.map((text) => filled(text, instance, slot));
  return startDetached(argv, { cwd: start.cwd, env, output: join(folder, `${instance.runId}.log`) });
}

/** Ends it; a sentence where that is for another machine to do. */
export async function endCommand({ process: started }: Instance): Promise<string | undefined> {
  if (!started || (await endDetached(started)) !== undefined) return undefined;
  return `process ${started.pid} runs on ${started.machine}: a tick there ends it`;
}
