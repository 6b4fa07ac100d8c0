import { nearest, UserError } from '@sluice/contract';
import { type Env, failureOf, provenanceOf, runAction, type Screen, Secrets } from '@sluice/host';
import { actions } from './actions.ts';
import { COMMANDS } from './help/overview.ts';
import { isOrder, orderArguments } from './orders.ts';
import type { Scene } from './scene.ts';
import { VERSION } from './version.ts';

export interface MainOptions {
  /** Folder of the Python programs that Sluice ships. */
  readonly programs: string;
  readonly env?: Env;
  readonly cwd?: string;
  readonly stdout?: Screen & { readonly columns?: number };
  readonly stderr?: Screen;
}

/** The command `sluice`. Returns the exit status. */
export async function main(argv: readonly string[], options: MainOptions): Promise<number> {
  const stdout = options.stdout ?? process.stdout;
  const stderr = options.stderr ?? process.stderr;
  const env = options.env ?? process.env;
  const scene: Scene = {
    env,
    cwd: options.cwd ?? process.cwd(),
    stdout,
    width: Math.min(110, stdout.columns ?? 100),
  };
  try {
    return await command(argv, scene, { ...options, env, stdout, stderr });
  } catch (error) {
    const { exit, message, stack } = failureOf(error, provenanceOf(env, VERSION));
    const secrets = new Secrets();
    stderr.write(`${secrets.cut(message)}\n${stack ? `${secrets.cut(stack)}\n` : ''}`);
    return exit;
  }
}

async function command(argv: readonly string[], scene: Scene, options: MainOptions): Promise<number> {
  const [name, ...rest] = argv;
  const asksHelp = rest.includes('--help') || rest.includes('-h');
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const { overview } = await import('./help/overview.ts');
    scene.stdout.write(await overview(scene.width));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    scene.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (name === 'doctor') return (await import('./doctor/doctor.ts')).doctor(rest, scene, asksHelp);
  if (name === 'status') return (await import('./status/status.ts')).status(rest, scene, asksHelp);
  if (name === 'canary') return (await import('./canary/rehearse.ts')).canary(rest, scene, asksHelp);
  if (name === 'gate') return (await import('./gate/plan.ts')).gate(rest, scene, asksHelp);
  if (name === 'review') return (await import('./review/review.ts')).review(rest, scene, asksHelp);
  if (isOrder(name)) return runNamed('canary-step', orderArguments(name, rest), scene, options, asksHelp);
  if (name in actions) return runNamed(name, rest, scene, options, asksHelp);
  const known = [...Object.keys(actions), ...Object.keys(COMMANDS)];
  const near = nearest(name, known);
  throw new UserError(
    `unknown command '${name}'${near ? `: did you mean '${near}'?` : ''} (allowed: ${known.join(', ')}; sluice --help tells more)`,
  );
}

async function runNamed(
  name: string,
  argv: readonly string[],
  scene: Scene,
  options: MainOptions,
  asksHelp: boolean,
): Promise<number> {
  const load = actions[name] as NonNullable<(typeof actions)[string]>;
  const { default: action } = await load();
  if (asksHelp) {
    const { actionHelp } = await import('./help/action-help.ts');
    scene.stdout.write(actionHelp(action.definition, scene.width));
    return 0;
  }
  return runAction(action, { ...options, argv, version: VERSION });
}
