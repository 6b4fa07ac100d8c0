import * as z from 'zod/mini';

const argv = z.array(z.string()).check(z.minLength(1, 'must name a program'));

/** How a server is brought up: a command, or a command with its variables. `{port}` stands for a free port. */
export const startPlan = z.union([
  argv,
  z.strictObject({ command: argv, env: z.optional(z.record(z.string(), z.string())) }),
]);

export type StartPlan = z.infer<typeof startPlan>;
