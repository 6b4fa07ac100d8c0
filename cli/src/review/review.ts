import { UserError } from '@sluice/contract';
import { columns, wrap } from '../help/layout.ts';
import type { Option } from '../options.ts';
import type { Scene } from '../scene.ts';
import { DRAW, draw } from './draw.ts';
import { READ, read } from './read.ts';

/** `sluice review`: people judge a sample, blind. */
export async function review(argv: readonly string[], scene: Scene, asksHelp: boolean): Promise<number> {
  const [word, ...rest] = argv;
  if (asksHelp) {
    scene.stdout.write(help(scene.width));
    return 0;
  }
  if (word === 'draw') return draw(rest, scene);
  if (word === 'read') return read(rest, scene);
  throw new UserError(`review knows two commands: draw and read; given: ${word ?? 'nothing'}`);
}

function help(width: number): string {
  const options = (of: Record<string, Option>): string[] =>
    columns(
      Object.entries(of).map(([name, option]): [string, string] => [`--${name}`, option.description]),
      width,
    );
  return [
    'sluice review: people judge a sample of the answers, blind to which version wrote what',
    '',
    ...wrap('sluice review draw --candidate <results> [--baseline <results>] --out <folder>', width),
    ...options(DRAW),
    '',
    ...wrap('sluice review read --key <file> <ratings> [<ratings> …]', width),
    ...options(READ),
    '',
    ...wrap(
      'With --gates, read asks the gates file for its `review:` and ends with 3 where it does not approve. eval-gate reads the same files: inputs review and review-key.',
      width,
    ),
    '',
  ].join('\n');
}
