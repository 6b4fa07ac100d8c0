/**
 * Reads a dotenv report by GitLab's rules (`parse_dotenv_artifact_service.rb`): one `NAME=value` a line, edges stripped,
 * no quoting; throws where GitLab refuses the whole report.
 */
export function readDotenv(text: string): Map<string, string> {
  if (Buffer.byteLength(text) >= 5120) throw new Error('Dotenv Artifact Too Big');
  const values = new Map<string, string>();
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error('Invalid Format');
    if (!/^\w+$/.test(name.trim()) || name.length > 255)
      throw new Error(`'${name}' is no name of a variable`);
    values.set(name.trim(), value.trim());
  }
  if (values.size > 20) throw new Error('Dotenv files cannot have more than 20 variables');
  return values;
}

/** Reads a report as gitlab-ci-local does: a value ends at `#` unless it is quoted, and quotes are taken off. */
export function readDotenvLocally(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, given] = /^([\w.-]+)=('[^']*'|"[^"]*"|`[^`]*`|[^#]*)/.exec(line) ?? [];
    if (name === undefined || given === undefined) continue;
    values.set(name, given.trim().replace(/^(['"`])(.*)\1$/s, '$2'));
  }
  return values;
}

/** What a job sees of a variable's value after expansion: `$NAME`, `${NAME}`, and Go's one-letter names such as `$1`. */
export function expand(value: string, variables: ReadonlyMap<string, string>): string {
  return value.replace(/\$(\$|\{(\w*)\}|[A-Za-z_]\w*|[*#@!?0-9-])/g, (_, name: string, braced?: string) =>
    name === '$' ? '$' : (variables.get(braced ?? name) ?? ''),
  );
}
