import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readResults } from './read-results.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** The part of a file that is gone, and the bit that is flipped at its place. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  gone: fc.oneof(fc.nat(40), fc.constant(Number.POSITIVE_INFINITY)),
  flipped: fc.nat(7),
});

function damaged(
  whole: Buffer,
  { at, gone, flipped }: { at: number; gone: number; flipped: number },
): Buffer {
  const place = Math.floor(at * whole.length);
  if (gone > 0) return Buffer.concat([whole.subarray(0, place), whole.subarray(place + gone)]);
  const bytes = Buffer.from(whole);
  bytes[place] = (bytes[place] as number) ^ (1 << flipped);
  return bytes;
}

test.each([
  ['inspect/good.eval', ''],
  ['inspect/good-json.json', ''],
  ['promptfoo/out.json', '#good'],
  ['deepeval/run.json', ''],
  ['trainer/all_results.json', ''],
  ['mlflow/eval_results_table.json', ''],
  ['evalscope/good', 'reports/good/general_qa.json'],
  ['evalscope/good', 'reviews/good/general_qa_sums.jsonl'],
  ['lm-eval/good', 'results_2026-11-21T13-01-15.266454.json'],
  ['lm-eval/good', 'samples_sums_2026-11-21T13-01-15.266454.jsonl'],
])('%s %s: whatever is damaged in it, it is read or refused as the input that it is', async (name, part) => {
  const folder = await mkdtemp(join(tmpdir(), 'damage-'));
  const copy = join(folder, basename(name));
  await cp(join(FIXTURES, name), copy, { recursive: true });
  const inside = part !== '' && !part.startsWith('#');
  const file = inside ? join(copy, part) : copy;
  const source = inside ? copy : `${copy}${part}`;
  const whole = await readFile(file);
  const items = (await readResults(source)).tasks[0]?.items?.size ?? 0;
  await fc.assert(
    fc.asyncProperty(damage, async (how) => {
      await writeFile(file, damaged(whole, how));
      const outcome = await readResults(source).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(UserError);
        expect(outcome.message).toMatch(new RegExp(`${basename(dirname(file))}|${basename(file)}`));
      } else {
        const [task] = (outcome as Awaited<ReturnType<typeof readResults>>).tasks;
        const there = task?.items?.size ?? 0;
        // fewer items are never all that was asked for
        if (there < items)
          expect((task?.incomplete ?? 0) + (outcome as { notes: string[] }).notes.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 40 },
  );
});
