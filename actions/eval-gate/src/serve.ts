import { ProgramError, readDocument, SystemError } from '@sluice/contract';
import { connect, waitUntilReady } from '@sluice/inference';
import { freePort, start } from '@sluice/process';
import type { Context } from './context.ts';
import { startPlan } from './documents/start.ts';
import { modelFolder } from './model-folder.ts';

/** A server that was brought up for the evaluation; ended when its block is left. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  /** False where the command was given the verified folder of the model. */
  readonly claimed: boolean;
}

const READY_MS = 15 * 60_000;

/** Brings up what `start` says and waits until it answers. `{port}` and `{model}` in the command are filled in. */
export async function serve(context: Context, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const { inputs, host } = context;
  const { text, name } = await host.document(inputs.start as NonNullable<typeof inputs.start>, {
    input: 'start',
    decides: true,
  });
  const plan = readDocument(text, name, startPlan);
  const command = Array.isArray(plan) ? plan : plan.command;
  const needsModel = command.some((part) => part.includes('{model}'));
  const port = String(await freePort());
  const folder = needsModel ? (await modelFolder(context)).model : '';
  const argv = command.map((part) => part.replaceAll('{port}', port).replaceAll('{model}', folder));
  const service = await start(argv, {
    cwd: host.workspace,
    env: { ...host.env, ...env, ...(Array.isArray(plan) ? {} : plan.env) },
    signal: host.signal,
    onLine: (line) => host.log.debug(line),
  });
  const url = `http://127.0.0.1:${port}`;
  const ready = await waitUntilReady({
    client: connect({ endpoint: url, signal: host.signal }),
    timeoutMs: READY_MS,
    alive: () => service.running,
    signal: host.signal,
  });
  if (!ready.ok) {
    const tail = service.tail().join('\n');
    const ended = !service.running;
    await service.stop();
    host.signal.throwIfAborted();
    if (ended)
      throw new ProgramError(`the server of \`start\` ended before it answered; its last lines:\n${tail}`);
    throw new SystemError(
      `the server of \`start\` did not answer on ${url} within ${READY_MS / 60_000} minutes; its last lines:\n${tail}`,
    );
  }
  return { url, claimed: !needsModel, [Symbol.asyncDispose]: () => service.stop() };
}
