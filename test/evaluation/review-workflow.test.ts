import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import { main } from '../../cli/src/main.ts';
import { type Ran, Repository } from '../github/repository.ts';
import { actProgram } from '../parts/act.ts';

const act = await actProgram();

/** A run is judged, a sample of its answers rated, and the example workflow decides on the ratings. */
describe.skipIf(!act)('workflows-examples/github/review.yml', () => {
  let folder: string;
  let host: TestHost;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-review-workflow-'));
    host = testHost({ action: 'eval-gate', env: { SLUICE_STORE_URL: join(folder, 'store') } });
  });
  afterAll(() => {
    host.dispose();
    rmSync(folder, { recursive: true });
  });

  async function judgedRun(): Promise<string> {
    const row = (i: number) => ({
      id: `q${i}`,
      input: `问题 ${i}`,
      target: '',
      answer: `答案 ${i}`,
      accuracy: 1,
    });
    host.write('results.jsonl', Array.from({ length: 40 }, (_, i) => `${JSON.stringify(row(i))}\n`).join(''));
    host.write('gates.yaml', 'gates: [{metric: accuracy, at-least: 0.9}]');
    const inputs = {
      candidate: 'results.jsonl',
      gates: 'gates.yaml',
      'tracking-uri': join(folder, 'tracking'),
    };
    const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(inputs))), host);
    return outputs['run-id'];
  }

  async function drawn(run: string): Promise<{ key: string; sheet: string }> {
    const argv = ['review', 'draw', '--candidate', run, '--samples', '20', '--out', 'review'];
    const out = { write: () => true };
    const env = { SLUICE_STORE_URL: join(folder, 'store') };
    expect(await main(argv, { programs: '/programs', env, cwd: folder, stdout: out, stderr: out })).toBe(0);
    const text = (name: string) => readFileSync(join(folder, 'review', name), 'utf8');
    return { key: text('review-key.json'), sheet: text('for-reviewers/review.csv') };
  }

  it('approves what the reviewers accept, and rejects what they do not', async () => {
    const run = await judgedRun();
    const { key, sheet } = await drawn(run);
    const repository = new Repository({
      act: act as string,
      folder: join(folder, 'github'),
      vars: {
        SLUICE_STORE_URL: join(folder, 'store'),
        MLFLOW_TRACKING_URI: join(folder, 'tracking'),
        MODEL_NAME: 'answers',
      },
      secrets: ['REVIEW_KEY'],
      env: { ...process.env, REVIEW_KEY: key },
    });
    const rated = (reviewer: string, bad: number) => () =>
      sheet
        .split('\r\n')
        .map((line, i) => (i === 0 ? line : line.replace(/,,,$/, `,${i <= bad ? 'no' : 'yes'},,${reviewer}`)))
        .join('\r\n');
    const decide = async (bad: number): Promise<Ran> => {
      repository.commit(`Ratings, ${bad} not accepted`, {
        'review/gates.yaml': () =>
          'gates: [{metric: accuracy, at-least: 0.9}]\nreview: {samples: 20, at-least: 0.9, reviewers: 2}\n',
        'review/ratings/ann.csv': rated('Ann', 0),
        'review/ratings/ben.csv': rated('Ben', bad),
      });
      return repository.run({
        event: 'workflow_dispatch',
        workflow: 'review.yml',
        inputs: { 'run-id': run },
      });
    };
    const outputs = ({ jobs, log }: Ran) => {
      expect(jobs.review, log).toBeDefined();
      return jobs.review?.steps.gate?.outputs;
    };
    expect(outputs(await decide(1))).toMatchObject({ decision: 'approve', deploy: 'true', 'run-id': run });
    expect(outputs(await decide(6))).toMatchObject({ decision: 'reject', deploy: 'false' });
  });
});
