/** What the bench measures of this project, in a process of its own: `decide <candidate> <baseline> <margin>`, `bootstrap <differences.f64> <resamples>`. */
import { readFileSync } from 'node:fs';
import { decide, readGates, readResults } from '@sluice/evaluation';
import { bootstrapMean, Generator } from '@sluice/statistics';

async function decided(candidate: string, baseline: string, margin: string): Promise<object> {
  const document = readGates(
    `gates: [{metric: accuracy, not-worse-than: baseline, margin: ${margin}}]`,
    'gates',
  );
  const [mine, theirs] = await Promise.all([readResults(candidate), readResults(baseline)]);
  const sides = { candidate: mine, baseline: theirs };
  const { decision, gates } = await decide({ document, ...sides });
  const [gate] = gates;
  return {
    decision,
    n: gate?.n,
    estimate: gate?.estimate,
    interval: gate?.interval && [gate.interval.lower, gate.interval.upper],
  };
}

function bootstrapped(path: string, resamples: number): object {
  const bytes = readFileSync(path);
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const began = performance.now();
  const found = bootstrapMean(values, { confidence: 0.9, resamples, random: Generator.fromSeed(1) });
  if (found.kind === 'undecided') throw new Error(found.message);
  const seconds = (performance.now() - began) / 1000;
  return { n: values.length, interval: [found.lower, found.upper], seconds };
}

const [what, ...asked] = process.argv.slice(2) as [string, string, string, string];
const answer =
  what === 'decide' ? await decided(asked[0], asked[1], asked[2]) : bootstrapped(asked[0], Number(asked[1]));
process.stdout.write(JSON.stringify(answer));
