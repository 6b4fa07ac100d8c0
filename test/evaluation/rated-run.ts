import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { testHost } from '@sluice/host';
import gate from '../../actions/eval-gate/src/main.ts';
import { main } from '../../cli/src/main.ts';

/** A run that a gate has judged, with a sample of its answers drawn for reviewers. */
export interface RatedRun extends Disposable {
  readonly folder: string;
  /** Where the run lies: the variables of whoever decides on it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly run: string;
  readonly key: string;
  /** The project's files, with the ratings of two reviewers, of whom one accepts all but the first `bad`. */
  files(bad: number): Record<string, () => string>;
}

export async function ratedRun(): Promise<RatedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rated-run-'));
  const store = { SLUICE_STORE_URL: join(folder, 'store') };
  const tracking = join(folder, 'tracking');
  using host = testHost({ action: 'eval-gate', env: store });
  const row = (i: number) => ({
    id: `q${i}`,
    input: `问题 ${i}`,
    target: '',
    answer: `答案 ${i}`,
    accuracy: 1,
  });
  host.write('results.jsonl', Array.from({ length: 40 }, (_, i) => `${JSON.stringify(row(i))}\n`).join(''));
  host.write('gates.yaml', 'gates: [{metric: accuracy, at-least: 0.9}]');
  const inputs = { candidate: 'results.jsonl', gates: 'gates.yaml', 'tracking-uri': tracking };
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(inputs))), host);
  const run = outputs['run-id'];
  const argv = ['review', 'draw', '--candidate', run, '--samples', '20', '--out', 'review'];
  let said = '';
  const out = { write: (text: string) => (said += text) };
  const exit = await main(argv, { programs: '/programs', env: store, cwd: folder, stdout: out, stderr: out });
  if (exit !== 0) throw new Error(said);
  const text = (name: string): string => readFileSync(join(folder, 'review', name), 'utf8');
  const sheet = text('for-reviewers/review.csv');
  const rated = (reviewer: string, bad: number) => () =>
    sheet
      .split('\r\n')
      .map((line, i) => (i === 0 ? line : line.replace(/,,,$/, `,${i <= bad ? 'no' : 'yes'},,${reviewer}`)))
      .join('\r\n');
  return {
    folder,
    variables: { ...store, MLFLOW_TRACKING_URI: tracking, MODEL_NAME: 'answers' },
    run,
    key: text('review-key.json'),
    files: (bad) => ({
      'review/gates.yaml': () =>
        'gates: [{metric: accuracy, at-least: 0.9}]\nreview: {samples: 20, at-least: 0.9, reviewers: 2}\n',
      'review/ratings/ann.csv': rated('Ann', 0),
      'review/ratings/ben.csv': rated('Ben', bad),
    }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
