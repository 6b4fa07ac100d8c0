import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The Role that the README of an action says is enough for a job; the first of them where none is named. */
export function roleIn(action: string, name?: string): object {
  const text = readFileSync(new URL(`../../actions/${action}/README.md`, import.meta.url), 'utf8');
  const role = [...text.matchAll(/```yaml\n(.*?)```/gs)]
    .map(([, yaml]) => yaml ?? '')
    .filter((yaml) => yaml.startsWith('kind: Role\n'))
    .map((yaml) => parse(yaml) as { readonly metadata: { readonly name: string } })
    .find(({ metadata }) => name === undefined || metadata.name === name);
  if (!role) throw new Error(`the README of ${action} has no Role ${name ?? ''}`);
  return role;
}
