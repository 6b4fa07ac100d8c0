/** What an auth file (containers-auth.json(5), Docker's config.json) says about a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface AuthFile {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly username?: string; readonly password?: string }>
  >;
}

/**
 * Finds the credentials of a repository; the longest matching path wins, as containers-auth.json(5) has it.
 * Throws a `SyntaxError` where the text is not JSON.
 */
export function credentialsFor(
  authFile: string,
  registry: string,
  repository: string,
): Credentials | undefined {
  const { auths = {} } = JSON.parse(authFile) as AuthFile;
  const path = `${registry}/${repository}`;
  const entry = Object.entries(auths)
    .map(([key, value]) => ({ key: key.replace(/^https?:\/\//, '').replace(/\/(v1|v2)?\/?$/, ''), value }))
    .filter(({ key }) => path === key || path.startsWith(`${key}/`))
    .sort((a, b) => b.key.length - a.key.length)[0]?.value;
  if (!entry) return undefined;
  if (entry.username !== undefined && entry.password !== undefined)
    return { username: entry.username, password: entry.password };
  const [username, ...rest] = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return username && rest.length > 0 ? { username, password: rest.join(':') } : undefined;
}
