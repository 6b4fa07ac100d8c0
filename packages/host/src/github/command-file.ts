import { InternalError } from '@sluice/contract';

/**
 * Outputs in the form of GITHUB_OUTPUT: `name<<marker`, the value, `marker`. A value that held the marker could inject
 * names, so `word` gives a fresh one that nobody can guess (CVE-2022-35954).
 */
export function commandFile(values: ReadonlyMap<string, string>, word: () => string): string {
  let text = '';
  for (const [name, value] of values) {
    if (name === '' || /[\r\n=]|<</.test(name))
      throw new InternalError(`'${name}' cannot be the name of an output`);
    const marker = `sluice_${word()}`;
    if (value.includes(marker)) throw new InternalError(`output '${name}' contains its own end marker`);
    text += `${name}<<${marker}\n${value}\n${marker}\n`;
  }
  return text;
}
