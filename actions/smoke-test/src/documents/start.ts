import { UserError } from '@sluice/contract';
import * as z from 'zod/mini';

const argv = z.array(z.string()).check(z.minLength(1, 'must name a program'));

/** How a server is brought up. */
export const startPlan = z.union([
  argv,
  z.strictObject({
    /** Program and arguments, no shell. `{port}` stands for the port. */
    command: argv,
    /** Where it listens. Default: a free port, which the command takes as `{port}`. */
    port: z.optional(z.int().check(z.minimum(1), z.maximum(65_535))),
    env: z.optional(z.record(z.string(), z.string())),
    /** Folder to start it in; default: the workspace. */
    cwd: z.optional(z.string()),
    /** The name to ask for, where the server cannot say it and the input `model` is `auto`. */
    model: z.optional(z.string().check(z.minLength(1))),
    'ready-timeout': z._default(z.string(), '10m'),
  }),
]);

export interface StartPlan {
  readonly command: readonly string[];
  readonly port?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly model?: string | undefined;
  readonly 'ready-timeout': string;
}

/** One form for both. @throws UserError where nobody could know the port. */
export function startOf(value: z.output<typeof startPlan>): StartPlan {
  const plan: StartPlan = Array.isArray(value) ? { command: value, 'ready-timeout': '10m' } : value;
  const texts = [...plan.command, ...Object.values(plan.env ?? {})];
  if (plan.port === undefined && !texts.some((t) => t.includes('{port}')))
    throw new UserError(
      `start: the command ${JSON.stringify(plan.command)} does not say where the server listens; write {port} where its port belongs (--port, '{port}'), or give \`port\``,
    );
  return plan;
}
