import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Report } from '@sluice/report';
import { documentText } from '../document.ts';
import { reportFolder, writeKept } from '../files/kept-files.ts';
import { Secrets } from '../secrets.ts';
import type { Annotation, CommitStatus, Deployment, Host, KeptFile, PublishOptions } from '../types.ts';

/** A host in memory, for tests of actions: it keeps what an action said and did, and touches nothing but its own folder. */
export interface TestHost extends Host {
  readonly annotations: Annotation[];
  readonly published: { readonly report: Report; readonly options: PublishOptions | undefined }[];
  readonly kept: KeptFile[];
  readonly statuses: CommitStatus[];
  readonly deployments: Deployment[];
  /** Lines of the log, with their level: `warn: …`. Secrets are cut out. */
  readonly logged: string[];
  readonly secrets: Secrets;
  /** Writes a file into the workspace; returns its path. */
  write(path: string, content: string | Uint8Array): string;
  /** As a signal to the process would do. */
  cancel(): void;
  /** Removes its folder; also at the end of a `using` block. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Makes a {@link TestHost}; anything of it may be replaced. */
export function testHost(overrides: Partial<Host> & { readonly action?: string } = {}): TestHost {
  const { action = 'test-action', ...replaced } = overrides;
  const root = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const folders = Object.fromEntries(
    ['workspace', 'temp', 'cache', 'programs'].map((name) => {
      mkdirSync(join(root, name));
      return [name, join(root, name)];
    }),
  ) as Record<'workspace' | 'temp' | 'cache' | 'programs', string>;
  const workspace = replaced.workspace ?? folders.workspace;
  const controller = new AbortController();
  const secrets = new Secrets();
  const annotations: Annotation[] = [];
  const published: TestHost['published'] = [];
  const kept: KeptFile[] = [];
  const statuses: CommitStatus[] = [];
  const deployments: Deployment[] = [];
  const logged: string[] = [];
  const say = (level: string) => (text: string) => {
    logged.push(`${level}: ${secrets.cut(text)}`);
  };
  const dispose = () => rmSync(root, { recursive: true, force: true });
  const keep = (files: readonly KeptFile[]) => {
    kept.push(...files);
    return writeKept(reportFolder(workspace, action), files, (text) => secrets.cut(text));
  };

  return {
    workspace,
    temp: folders.temp,
    cacheDir: folders.cache,
    programs: folders.programs,
    env: {},
    signal: controller.signal,
    now: () => new Date(),
    log: {
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      debug: say('debug'),
      progress: say('progress'),
      group: (title, work) => {
        say('group')(title);
        return work();
      },
    },
    mask: (secret) => void secrets.add(secret),
    annotate: (annotation) => void annotations.push(annotation),
    async publish(report, options) {
      published.push({ report, options });
      const { toHtml } = await import('@sluice/report');
      const [path] = await keep([{ name: `${options?.name ?? action}.html`, content: toHtml(report) }]);
      return path as string;
    },
    keep,
    document: (source, rules) => documentText(source, { ...rules, workspace, overridable: false }),
    source: {
      repository: workspace,
      commit: undefined,
      ref: undefined,
      event: 'other',
      before: undefined,
      targetBranch: undefined,
      jobUrl: undefined,
      actor: undefined,
      invocation: 'test/1',
    },
    cache: { restore: async () => false, save: async () => {} },
    commitStatus: async (status) => void statuses.push(status),
    deployment: async (deployment) => void deployments.push(deployment),
    ...replaced,
    annotations,
    published,
    kept,
    statuses,
    deployments,
    logged,
    secrets,
    write(path, content) {
      const whole = join(workspace, path);
      mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, content);
      return whole;
    },
    cancel: () => controller.abort(new DOMException('cancelled by the test', 'AbortError')),
    dispose,
    [Symbol.dispose]: dispose,
  };
}
