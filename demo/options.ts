import { parseArgs } from 'node:util';
import { UserError } from '@sluice/contract';

export interface DemoOptions {
  readonly host: 'gitlab' | 'github';
  /** Numbers of stories, 1 to 4. */
  readonly stories: readonly number[];
}

export const USAGE = `npm run demo [-- --host gitlab|github] [--stories 1,2,3,4]

Takes a tiny model from a commit to full traffic on this machine, with users the whole time:
  1  a good fine-tune becomes live, step by step
  2  a bad fine-tune is stopped by the gate
  3  a model that passes the gate and fails under load is rolled back by itself
  4  a rollback drill to the version before`;

/** @throws UserError for an option that is not there, a host or a story of another name */
export function demoOptions(argv: readonly string[]): DemoOptions | 'help' {
  let values: { host?: string; stories?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        stories: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${USAGE}`);
  }
  if (values.help) return 'help';
  const host = values.host ?? 'gitlab';
  if (host !== 'gitlab' && host !== 'github')
    throw new UserError(`--host is '${host}'; allowed are gitlab and github`);
  const given = (values.stories ?? '1,2,3,4').split(',').map((text) => text.trim());
  const strange = given.find((text) => !/^[1-4]$/.test(text));
  if (strange !== undefined)
    throw new UserError(`--stories has '${strange}'; allowed are the numbers 1 to 4 with commas between`);
  const stories = [...new Set(given.map(Number))];
  // a drill goes back to the version before, which the first story's rollout leaves in its slot
  if (stories.includes(4) && !stories.includes(1)) stories.push(1);
  return { host, stories: stories.sort() };
}
