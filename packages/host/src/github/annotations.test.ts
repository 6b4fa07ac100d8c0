import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../testing/runner-rules.ts';
import type { Annotation } from '../types.ts';
import { annotationCommands, annotationLine, cut } from './annotations.ts';

const many = (n: number, level: Annotation['level'] = 'error'): Annotation[] =>
  Array.from({ length: n }, (_, i) => ({
    level,
    message: `m${i}`,
    file: 'src/a.py',
    line: i + 1,
    rule: 'F401',
  }));

describe('annotationCommands', () => {
  it('keeps to ten of each level, and loses none', () => {
    const annotation = fc.record({
      level: fc.constantFrom('error' as const, 'warning' as const, 'notice' as const),
      message: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(annotation, { maxLength: 60 }), fc.constantFrom(0, 1), (list, taken) => {
        const { commands, others } = annotationCommands(list, taken, 'report');
        for (const level of ['error', 'warning', 'notice'] as const) {
          const shown = commands.filter((line) => line.startsWith(`::${level}`)).length;
          expect(shown).toBeLessThanOrEqual(10 - (level === 'error' ? taken : 0));
          const given = list.filter((a) => a.level === level).length;
          const rest = others.filter((a) => a.level === level).length;
          expect(shown - (rest > 0 ? 1 : 0) + rest).toBe(given);
        }
      }),
    );
  });

  it('shows nine and says how many more where there are too many', () => {
    const { commands, others } = annotationCommands(many(25), 0, 'sluice-report/x/codequality.json');
    expect(commands).toHaveLength(10);
    expect(commands[9]).toBe('::error::16 more errors: see the log and sluice-report/x/codequality.json');
    expect(others).toHaveLength(16);
  });

  it('gives file, line, column and rule in the runner’s words', () => {
    const [line] = annotationCommands(
      [
        {
          level: 'warning',
          message: 'unused: os',
          file: 'a,b.py',
          line: 3,
          endLine: 4,
          column: 7,
          title: 'ruff',
          rule: 'F401',
        },
      ],
      0,
      '',
    ).commands;
    expect(readCommand(line as string)).toEqual({
      name: 'warning',
      properties: { title: 'ruff F401', file: 'a,b.py', line: '3', endLine: '4', col: '7' },
      data: 'unused: os',
    });
  });

  it('puts findings with a place before those without', () => {
    const { commands } = annotationCommands(
      [{ level: 'notice', message: 'general' }, ...many(10, 'notice')],
      0,
      '',
    );
    expect(commands.some((line) => line.includes('general'))).toBe(false);
  });
});

describe('cut', () => {
  it('never ends inside a character', () => {
    const text = fc.array(fc.constantFrom('a', '😀', '中')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (given, most) => {
        const short = cut(given, most);
        return short.length <= most && short.isWellFormed();
      }),
    );
  });
});

describe('annotationLine', () => {
  it('is what editors jump to', () => {
    expect(
      annotationLine({ level: 'error', message: 'unused', file: 'a.py', line: 3, column: 7, rule: 'F401' }),
    ).toBe('a.py:3:7: error: unused [F401]');
    expect(annotationLine({ level: 'notice', message: 'nothing to do' })).toBe('notice: nothing to do');
  });
});
