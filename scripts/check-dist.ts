/** Fails where the committed `dist/` is not what its sources build, and names the files and the command that mends it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './project.ts';

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' });
const different = git('status', '--porcelain', '--', 'dist');
if (different !== '') {
  console.error(
    `dist/ differs from what the sources build:\n${different}\n${git('diff', '--stat', '--', 'dist')}\nRun \`npm run build\` and commit dist/.`,
  );
  process.exitCode = 1;
} else console.log('dist/ is what its sources build.');
