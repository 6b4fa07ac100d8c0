import type { Annotation } from '../types.ts';
import { command } from './command.ts';

/** The runner shows this many of each level in one step, and drops the rest without a word (ExecutionContext.cs). */
const perLevel = 10;
/** The runner cuts longer messages. */
const longestMessage = 4096;

const LEVELS = ['error', 'warning', 'notice'] as const;

/**
 * Findings as workflow commands within the runner's limits: those with a place come first; where there are too many, the
 * last one says how many more there are and where they stand. `taken` errors are left for the end of the step.
 * Findings without a command are returned too, so that the log has them all.
 */
export function annotationCommands(
  annotations: readonly Annotation[],
  taken: number,
  whole: string,
): { readonly commands: string[]; readonly others: Annotation[] } {
  const commands: string[] = [];
  const others: Annotation[] = [];
  for (const level of LEVELS) {
    const all = annotations.filter((a) => a.level === level);
    const room = perLevel - (level === 'error' ? taken : 0);
    const placed = [...all.filter((a) => a.file), ...all.filter((a) => !a.file)];
    const shown = placed.length <= room ? placed : placed.slice(0, room - 1);
    const rest = placed.slice(shown.length);
    commands.push(...shown.map(annotationCommand));
    if (rest.length > 0) {
      const text = `${rest.length} more ${level}${rest.length === 1 ? '' : 's'}: see the log and ${whole}`;
      commands.push(command(level, {}, text));
    }
    others.push(...rest);
  }
  return { commands, others };
}

function annotationCommand(a: Annotation): string {
  const title = [a.title, a.rule].filter(Boolean).join(' ');
  return command(
    a.level,
    { title, file: a.file, line: a.line, endLine: a.endLine, col: a.column },
    cut(a.message, longestMessage),
  );
}

/** Cuts a text to a number of UTF-16 units, never inside a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 2] ?? '') ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** One finding as a line of text, in the form that editors and people know. */
export function annotationLine(a: Annotation): string {
  const place = a.file
    ? `${[a.file, a.line, a.line ? a.column : undefined].filter(Boolean).join(':')}: `
    : '';
  const title = a.title ? `${a.title}: ` : '';
  return `${place}${a.level}: ${title}${a.message}${a.rule ? ` [${a.rule}]` : ''}`;
}
