import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError, UserError } from '@sluice/contract';
import { type Conversation, converse, pythonEnvironment } from '@sluice/process';
import type { Env } from '@sluice/store';
import type { WandbProject } from './project.ts';

/** What W&B's own library needs: it is a Python program that is asked line by line. */
export interface WandbSurroundings {
  readonly workspace: string;
  readonly env: Env;
  /** Folder of the programs that Sluice ships. */
  readonly programs: string;
  readonly cacheDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface WandbService {
  /** @throws UserError for what W&B finds wrong with the request or the key; SystemError where it did not do it */
  ask(op: string, fields: Fields): Promise<Fields>;
  close(): Promise<void>;
}

/** How long a run may take to be sent after its last word. */
const uploadMs = 300_000;

/** One program for all trackers of one project in this process: a run is open in one place only. */
const services = new Map<string, WandbService>();

/** The library, started by the first request. */
export function wandbService(project: WandbProject, around: WandbSurroundings): WandbService {
  const key = JSON.stringify([project, around.workspace]);
  const known = services.get(key);
  if (known) return known;
  let started: Promise<Conversation> | undefined;
  const service: WandbService = {
    async ask(op, fields) {
      started ??= begin(project, around);
      const conversation = await started.catch((error: unknown) => {
        started = undefined;
        throw error;
      });
      const answer = await conversation.ask({ op, ...fields });
      if (typeof answer.invalid === 'string') throw new UserError(explained(answer.invalid));
      if (typeof answer.failed === 'string')
        throw new SystemError(`W&B did not ${DID[op] ?? op}: ${answer.failed}`);
      return answer;
    },
    async close() {
      services.delete(key);
      await (await started?.catch(() => undefined))?.end(uploadMs);
      started = undefined;
    },
  };
  services.set(key, service);
  return service;
}

/** Folder of what W&B writes on this machine. */
export const wandbFolder = ({ workspace, env }: Pick<WandbSurroundings, 'workspace' | 'env'>): string =>
  env.WANDB_DIR || join(workspace, '.sluice');

async function begin(project: WandbProject, around: WandbSurroundings): Promise<Conversation> {
  const { programs, cacheDir, log } = around;
  const python = await pythonEnvironment({
    name: 'W&B',
    requirements: join(programs, 'requirements', 'wandb.txt'),
    cacheDir,
    env: { ...around.env },
    log,
    signal: around.signal,
  });
  const folder = wandbFolder(around);
  await mkdir(folder, { recursive: true });
  const settings = JSON.stringify({
    project: project.project,
    entity: project.entity ?? null,
    folder,
    offline: project.offline,
  });
  return converse([python.python, join(programs, 'wandb_tracker.py'), settings], {
    name: "W&B's library",
    env: { ...python.env, PYTHONUNBUFFERED: '1', WANDB_SILENT: 'true' },
    cwd: folder,
    onLine: log,
  });
}

function explained(message: string): string {
  return /api_key|api key|not logged in|login/i.test(message)
    ? `W&B wants a key: set WANDB_API_KEY, or WANDB_MODE=offline to write files that 'wandb sync' sends later (${message})`
    : `W&B: ${message}`;
}

/** Requests as verbs, for errors. */
const DID: Readonly<Record<string, string>> = {
  start: 'begin the run',
  params: 'take the parameters',
  metrics: 'take the metrics',
  tags: 'take the tags',
  finish: 'end the run',
  get: 'give the run',
  find: 'look for runs',
  log: 'make the model version',
  versions: 'list the model versions',
  alias: 'set the alias',
  unalias: 'remove the alias',
  describe: 'tag the model version',
};
