import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The Role that the README of an action says is enough for a job. */
export function roleIn(action: string): object {
  const text = readFileSync(new URL(`../../actions/${action}/README.md`, import.meta.url), 'utf8');
  const role = [...text.matchAll(/```yaml\n(.*?)```/gs)]
    .map(([, yaml]) => yaml ?? '')
    .find((yaml) => yaml.startsWith('kind: Role\n'));
  if (!role) throw new Error(`the README of ${action} has no Role`);
  return parse(role) as object;
}
