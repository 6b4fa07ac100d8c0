import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { encodeOutputs, type InputSpecs, type OutputSpecs, parseInputs } from '@sluice/contract';
import { type Cancellation, listenForCancel } from './cancel.ts';
import { wantsJson } from './cli/argv.ts';
import { cliPlatform } from './cli/platform.ts';
import { detectHost, type Env, type HostKind } from './detect.ts';
import { listenForStrayFaults } from './faults.ts';
import { githubPlatform } from './github/platform.ts';
import { gitlabPlatform } from './gitlab/platform.ts';
import { honourNetworkVariables } from './network.ts';
import type { End, Platform, Screen, Surroundings } from './platform.ts';
import { provenanceOf } from './provenance.ts';
import { Secrets } from './secrets.ts';
import { type StepHost, stepHost } from './step-host.ts';
import type { Action } from './types.ts';
import { cancelledBy, type ExitCode, failureOf, isFailure } from './verdict.ts';

export interface RunActionOptions {
  /** Folder of the Python programs that Sluice ships. */
  readonly programs: string;
  /** Default: this process's environment. */
  readonly env?: Env;
  /**
   * Inputs from the command line, `--name value`; they win over variables. With `--json` the result is one object on
   * standard output and nothing else, on CI hosts too. Default: none.
   */
  readonly argv?: readonly string[];
  readonly cwd?: string;
  readonly stdout?: Screen;
  readonly stderr?: Screen;
  /** Version of the program, shown when the fault is ours. */
  readonly version?: string;
  readonly now?: () => Date;
}

const PLATFORMS: Readonly<Record<HostKind, (around: Surroundings) => Platform>> = {
  github: githubPlatform,
  gitlab: gitlabPlatform,
  cli: cliPlatform,
};

/**
 * Runs an action on the host that is there: reads its inputs, runs it, writes its outputs, says how it ended.
 * Returns the exit status of the contract; outputs are set on 0 and 3 and on no other.
 */
export async function runAction<I extends InputSpecs, O extends OutputSpecs>(
  action: Action<I, O>,
  options: RunActionOptions,
): Promise<ExitCode> {
  const env = options.env ?? process.env;
  let temp: string | undefined;
  const removeTemp = () => {
    if (temp) rmSync(temp, { recursive: true, force: true });
  };
  const cancel = listenForCancel(removeTemp);
  const stray = listenForStrayFaults();
  const around: Surroundings = {
    action: action.definition.name,
    env,
    argv: options.argv ?? [],
    cwd: resolve(options.cwd ?? process.cwd()),
    stdout: options.stdout ?? process.stdout,
    stderr: options.stderr ?? process.stderr,
    secrets: new Secrets(),
    signal: cancel.signal,
    now: options.now ?? (() => new Date()),
  };
  const provenance = provenanceOf(env, options.version);
  try {
    const platform = PLATFORMS[wantsJson(around.argv) ? 'cli' : detectHost(env)](around);
    let end: End;
    try {
      platform.begin();
      temp = mkdtempSync(join(platform.temp, 'sluice-'));
      const work = perform(action, platform, around, options.programs, temp, cancel);
      const expired = cancel.expired.then(() => cancelledBy(cancel.by ?? 'SIGTERM'));
      end = await Promise.race([work, expired, stray.fault]);
    } catch (error) {
      end = cancel.by ? cancelledBy(cancel.by) : failureOf(error, provenance);
    }
    try {
      platform.end(end);
    } catch (error) {
      // the outputs could not be written, so none is set
      end = failureOf(error, provenance);
      platform.end(end);
    }
    return end.exit;
  } finally {
    cancel.stopListening();
    stray.stopListening();
    removeTemp();
  }
}

async function perform<I extends InputSpecs, O extends OutputSpecs>(
  action: Action<I, O>,
  platform: Platform,
  around: Surroundings,
  programs: string,
  temp: string,
  cancel: Cancellation,
): Promise<End> {
  const { definition } = action;
  const given = platform.given(definition);
  for (const [name, spec] of Object.entries(definition.inputs))
    if (spec.secret) platform.hide(around.secrets.add(given.get(name) ?? ''));
  const inputs = parseInputs(definition, given);
  honourNetworkVariables(around.env, platform.log.warn);

  const value = (name: string) => (inputs as Record<string, unknown>)[name];
  const host: StepHost = stepHost(platform, around, {
    programs,
    temp,
    source: await platform.source(),
    dryRun: value('dry-run') === true,
    token: typeof value('token') === 'string' ? (value('token') as string) : undefined,
  });
  let end: End | undefined;
  try {
    const { outputs, refused, always, sentence } = await action.run(inputs, host);
    if (cancel.by) return cancelledBy(cancel.by);
    const texts = encodeOutputs(definition, outputs, {
      masked: around.secrets.forms,
      oneLine: platform.oneLine,
    });
    platform.checkOutputs(texts);
    const stands = refused !== undefined && (always === true || value('fail-on-reject') !== false);
    end = { exit: stands ? 3 : 0, outputs: texts, refused, sentence };
    return end;
  } finally {
    if (!cancel.by) await host.finish(end === undefined || isFailure(end) || end.exit === 3);
  }
}
