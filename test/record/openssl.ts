import { join } from 'node:path';
import { run } from '@sluice/process';

/** Keys as the READMEs tell users to make them: `<folder>/<name>.key` and `<folder>/<name>.pub`. */
export async function makeKeys(folder: string, name: string, kind: 'ed25519' | 'P-256'): Promise<string> {
  const [key, pub] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)];
  const algorithm =
    kind === 'ed25519'
      ? ['-algorithm', 'ed25519']
      : ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  for (const argv of [
    ['openssl', 'genpkey', ...algorithm, '-out', key],
    ['openssl', 'pkey', '-in', key, '-pubout', '-out', pub],
  ]) {
    const { code, tail } = await run(argv);
    if (code !== 0) throw new Error(`${argv.join(' ')} failed:\n${tail.join('\n')}`);
  }
  return key;
}
