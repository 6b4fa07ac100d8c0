import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { TaskBuilder } from './task-builder.ts';
import { buffersOf, partsOfTask, taskOfParts } from './task-parts.ts';

const rows = fc.array(
  fc.record({
    id: fc.option(fc.nat(400), { nil: undefined }),
    text: fc.nat(400),
    prompt: fc.option(fc.nat(3), { nil: undefined }),
    slice: fc.option(fc.constantFrom('en', 'zh'), { nil: undefined }),
    score: fc.option(fc.double({ noNaN: true, min: -10, max: 10 })),
  }),
  { minLength: 1, maxLength: 900 },
);

test('a task that was handed over, copied or not, is the task, and can go on growing', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), (seen, move) => {
      const build = (count: number): TaskBuilder => {
        const builder = new TaskBuilder('t');
        for (const [at, { id, text, prompt, slice, score }] of seen.slice(0, count).entries()) {
          const row = builder.item({
            content: digestOf(String(text)),
            at,
            ...(id === undefined ? {} : { id: String(id) }),
            ...(prompt === undefined ? {} : { prompt: digestOf(String(prompt)) }),
          });
          if (slice) builder.items.setSlice(row, 'language', slice);
          builder.score(row, 'f1', 'strict', score);
        }
        return builder;
      };
      const given = partsOfTask(build(seen.length).finish({ errored: 2 }));
      const taken = taskOfParts(structuredClone(given, { transfer: move ? buffersOf(given) : [] }));
      const whole = build(seen.length).finish({ errored: 2 });
      expect(partsOfTask(taken)).toEqual(partsOfTask(whole));
      const { items } = taken;
      expect([items?.fingerprint(), items?.promptsDigest(), items?.identity]).toEqual([
        whole.items?.fingerprint(),
        whole.items?.promptsDigest(),
        whole.items?.identity,
      ]);
      const size = items?.size as number;
      expect(items?.add({ id: 'one more', content: digestOf('one more') })).toBe(size);
      items?.setSlice(size, 'language', 'zh');
      const column = items?.slices.get('language');
      expect(column?.labels[column.code(size)]).toBe('zh');
      expect(new Set(column?.labels).size).toBe(column?.labels.length);
    }),
  );
});

test('parts of a corpus figure are not handed over', () => {
  const builder = new TaskBuilder('t');
  const row = builder.item({ id: 'a' });
  builder.corpus(row, 'accuracy', null, 'perplexity', [1, 2]);
  expect(() => partsOfTask(builder.finish())).toThrow(/corpus figure/);
});
