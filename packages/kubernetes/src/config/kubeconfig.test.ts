import { describe, expect, it } from 'vitest';
import { choose } from './kubeconfig.ts';
import { parseKubeconfig } from './kubeconfig-file.ts';
import { clusterOf } from './login-of.ts';

const cluster = (name: string, more = '') =>
  `{name: ${name}, cluster: {server: 'https://${name}.example:6443'${more}}}`;
const context = (name: string, more = '') =>
  `{name: ${name}, context: {cluster: ${name}, user: ${name}${more}}}`;
const user = (name: string, what = 'token: secret') => `{name: ${name}, user: {${what}}}`;
const file = (
  path: string,
  names: readonly string[],
  more: { current?: string; user?: string; cluster?: string } = {},
) =>
  parseKubeconfig(
    `apiVersion: v1
kind: Config
${more.current ? `current-context: ${more.current}` : ''}
clusters: [${names.map((name) => cluster(name, more.cluster)).join(', ')}]
contexts: [${names.map((name) => context(name)).join(', ')}]
users: [${names.map((name) => user(name, more.user)).join(', ')}]`,
    path,
  );

describe('a kubeconfig', () => {
  it('gives the current context, or the one that is asked for', () => {
    const files = [file('/k/a', ['dev', 'prod'], { current: 'dev' })];
    expect(choose(files)).toMatchObject({ context: 'dev', namespace: 'default', userFile: '/k/a' });
    expect(choose(files, 'prod').cluster.server).toBe('https://prod.example:6443');
  });

  it('of several wins where it comes first, as kubectl merges them', () => {
    const first = file('/k/a', ['prod'], { cluster: ", tls-server-name: 'first'" });
    const second = file('/other/b', ['prod', 'dev'], {
      current: 'dev',
      cluster: ", tls-server-name: 'second'",
    });
    expect(choose([first, second])).toMatchObject({ context: 'dev', clusterFolder: '/other' });
    expect(choose([first, second], 'prod').cluster['tls-server-name']).toBe('first');
  });

  it('says what is missing and what there is', () => {
    const files = [file('/k/a', ['dev', 'prod'])];
    expect(() => choose(files)).toThrow(/names no current context.*it has: dev, prod/);
    expect(() => choose(files, 'prd')).toThrow(/no context "?'?prd"?'?\. Did you mean prod\?/);
    const broken = parseKubeconfig(
      'contexts: [{name: a, context: {cluster: gone}}]\ncurrent-context: a',
      '/k/c',
    );
    expect(() => choose([broken])).toThrow(/no cluster .*gone/);
    expect(() => parseKubeconfig('clusters: [{name: a}]', '/k/d')).toThrow(/\/k\/d:1:/);
  });
});

describe('a login', () => {
  const login = async (what: string, more?: string) => {
    const at = await clusterOf(
      choose([file('/k/a', ['dev'], { current: 'dev', user: what, ...(more ? { cluster: more } : {}) })]),
      {},
    );
    return { at, login: await at.login() };
  };

  it('by token, and as somebody else where it says so', async () => {
    const { at, login: got } = await login('token: secret, as: ada, as-groups: [ops, dev]');
    expect(got).toMatchObject({ token: 'secret' });
    expect(at.headers).toEqual({ 'impersonate-user': 'ada', 'impersonate-group': ['ops', 'dev'] });
  });

  it('that is of no use is said, without the secret', async () => {
    for (const [what, why, more] of [
      ['username: a, password: hunter2', /user name and password, which Kubernetes gave up/],
      ['auth-provider: {name: gcp}', /auth-provider, which Kubernetes gave up/],
      ['client-certificate-data: aGVsbG8=', /no PEM text/],
      ['tokenFile: /no/such/file', /tokenFile cannot be read/],
      ['token: hunter2', /certificate-authority cannot be read/, ', certificate-authority: gone.pem'],
    ] as const) {
      const error = await login(what, more).catch((e: Error) => e);
      expect(String(error)).toMatch(why);
      expect(String(error)).not.toContain('hunter2');
    }
  });
});
