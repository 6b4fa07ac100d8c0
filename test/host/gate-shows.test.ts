import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installSystemPackage } from '../parts/system-package.ts';
import { type Forge, startForge } from './forge.ts';
import { type Job, newJob, startFixture } from './start.ts';

const MAIN = join(import.meta.dirname, 'gate-main.ts');
const SHA = 'a'.repeat(40);

let job: Job;
let forge: Forge;
beforeEach(async () => {
  job = newJob();
  forge = await startForge();
  results('good', 0.1);
  results('bad', 0.4);
});
afterEach(async () => {
  await forge.close();
  job.dispose();
});

const file = (name: string) => join(job.folder, name);

/** 600 items in 150 languages: a gate of many slices. */
function results(name: string, wrong: number): void {
  const rows = Array.from({ length: 600 }, (_, i) =>
    JSON.stringify({
      id: `q${i}`,
      input: `Frage ${i}: 北京? <script>alert(1)</script> @admin #12`,
      target: 'ja',
      output: (i * 37) % 100 < wrong * 100 ? `nein ::error::${i}` : 'ja',
      language: `language ${i % 150}`,
      accuracy: (i * 37) % 100 < wrong * 100 ? 0 : 1,
    }),
  );
  writeFileSync(file(`${name}.jsonl`), rows.join('\n'));
}

const GATES = `dataset: fixed
gates:
  - {metric: accuracy, at-least: 0.8}
  - {metric: accuracy, not-worse-than: baseline, margin: 0.05}
  - {metric: accuracy, not-worse-than: baseline, margin: 0.05, per: language}
`;

interface Given {
  readonly candidate: string;
  readonly token?: string;
}

const common = (given: Given) => ({
  candidate: `${given.candidate}.jsonl`,
  baseline: 'good.jsonl',
  gates: 'gates.yaml',
  ...(given.token ? { token: given.token } : {}),
});
const withPrefix = (prefix: string, inputs: Record<string, string>, name: (text: string) => string) =>
  Object.fromEntries(Object.entries(inputs).map(([key, value]) => [prefix + name(key), value]));

function onGitHub(given: Given) {
  writeFileSync(file('gates.yaml'), GATES);
  writeFileSync(file('event.json'), JSON.stringify({ pull_request: { number: 12, head: { sha: SHA } } }));
  const env = {
    ...job.github,
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_API_URL: `http://127.0.0.1:${forge.port}/api/v1`,
    GITHUB_REPOSITORY: 'lab/models',
    GITHUB_SHA: 'b'.repeat(40),
    ...withPrefix('INPUT_', common(given), (key) => key.toUpperCase()),
  };
  return startFixture(job, env, [], MAIN).ended;
}

async function onGitLab(given: Given) {
  writeFileSync(file('gates.yaml'), GATES);
  for (const argv of [
    ['init', '-q'],
    ['add', 'gates.yaml'],
    ['-c', 'user.name=t', '-c', 'user.email=t@e', 'commit', '-qm', 'gates'],
  ])
    await run(['git', ...argv], { cwd: job.folder });
  const env = {
    ...job.gitlab,
    CI_API_V4_URL: `http://127.0.0.1:${forge.port}/api/v4`,
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '12',
    CI_COMMIT_SHA: SHA,
    ...withPrefix('SLUICE_INPUT_', common(given), (key) => key.toUpperCase().replaceAll('-', '_')),
  };
  return startFixture(job, env, [], MAIN).ended;
}

const report = (name: string) => readFileSync(join(job.folder, 'sluice-report', 'eval-gate', name), 'utf8');
const ours = () => forge.comments.slice(1);
const FIRST =
  /^<!-- sluice eval-gate eval-gate -->\n## Evaluation gate\n\n❌ \*\*Rejected\.\*\* The candidate must not be deployed: accuracy is 60 %, and at least 80 % is asked for; one more gate fails\./;

describe('a rejected candidate on a pull request', () => {
  it('one comment, updated in place; a status; a summary; an annotation a gate; all within the host’s limits', async () => {
    const first = await onGitHub({ candidate: 'bad', token: 'forge-token' });
    expect(first.exit).toBe(3);
    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.body).toMatch(FIRST);
    // GitHub refuses more than 65,536 characters; the table of 150 slices is shortened, and that is said
    expect(ours()[0]?.body.length).toBeLessThan(65_536);
    expect(ours()[0]?.body).toMatch(
      /\*Shortened: .* left out\. The whole report: sluice-report\/eval-gate\/eval-gate\.html\*/,
    );
    expect(ours()[0]?.body).not.toContain('@admin');
    expect(forge.statuses.at(-1)).toMatchObject({ context: 'sluice/eval-gate', state: 'failure' });
    expect(String(forge.statuses.at(-1)?.description).length).toBeLessThanOrEqual(140);
    expect(forge.asked.at(-1)?.path).toContain(`/statuses/${SHA}`);
    const summary = readFileSync(file('summary'), 'utf8');
    expect(summary).toContain('The candidate must not be deployed');
    expect(summary).toContain('language 149');
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576);
    // the runner shows ten errors of a step: nine gates, how many more, and the step's own
    const errors = first.stdout.split('\n').filter((line) => line.startsWith('::error'));
    expect(errors.length).toBeLessThanOrEqual(10);
    expect(errors[0]).toMatch(
      /^::error title=accuracy at least 0\.8%3A reject.*,file=gates\.yaml,line=3::0\.6 /,
    );

    const second = await onGitHub({ candidate: 'good', token: 'forge-token' });
    expect(second.exit).toBe(0);
    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.body).toContain('✅ **Approved.** The candidate may be deployed: all 152 gates hold; ');
    expect(forge.statuses.at(-1)).toMatchObject({ state: 'success' });
  }, 600_000);

  it('without a token: the summary alone', async () => {
    expect((await onGitHub({ candidate: 'bad' })).exit).toBe(3);
    expect(forge.asked).toEqual([]);
    expect(readFileSync(file('summary'), 'utf8')).toContain('❌ **Rejected.**');
  }, 600_000);
});

describe('a rejected candidate on a merge request', () => {
  it('one note, a status, and reports that GitLab reads', async () => {
    const first = await onGitLab({ candidate: 'bad', token: 'forge-token' });
    expect(first.exit).toBe(3);
    await onGitLab({ candidate: 'bad', token: 'forge-token' });
    expect(ours()).toHaveLength(1);
    expect(ours()[0]?.body).toMatch(FIRST);
    expect(forge.statuses.at(-1)).toMatchObject({ name: 'sluice/eval-gate', state: 'failed' });
    expect(readdirSync(join(job.folder, 'sluice-report', 'eval-gate'))).toEqual(
      expect.arrayContaining([
        'eval-gate.html',
        'eval-gate.xml',
        'eval-gate-metrics.txt',
        'codequality.json',
      ]),
    );

    const xmllint = await installSystemPackage(
      { program: 'xmllint', debian: 'libxml2-utils', otherwise: 'Install xmllint.' },
      console.log,
    );
    const counted = (path: string) =>
      run([xmllint, '--xpath', path, join(job.folder, 'sluice-report/eval-gate/eval-gate.xml')]);
    expect((await counted('count(//testcase)')).stdout.trim()).toBe('152');
    const failed = Number((await counted('count(//testcase/failure)')).stdout);
    const open = Number((await counted('count(//testcase/error)')).stdout);
    expect(failed).toBe(2);
    expect((await counted('string(/testsuites/@failures)')).stdout.trim()).toBe(String(failed));
    expect((await counted('string(/testsuites/@errors)')).stdout.trim()).toBe(String(open));

    expect(report('eval-gate-metrics.txt')).toBe('all_accuracy{metric="all/accuracy"} 0.6\n# EOF\n');
    const found = JSON.parse(report('codequality.json')) as {
      location: { path: string; lines: { begin: number } };
    }[];
    expect(found).toHaveLength(failed + open);
    expect(found[0]?.location).toEqual({ path: 'gates.yaml', lines: { begin: 3 } });
    expect(report('eval-gate.html')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  }, 600_000);
});
