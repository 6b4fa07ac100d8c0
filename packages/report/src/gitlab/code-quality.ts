import { createHash } from 'node:crypto';
import { clean } from '../text.ts';

/** A finding at a file and line. */
export interface Finding {
  /** The rule, e.g. `ruff F401`. */
  readonly rule: string;
  readonly message: string;
  /** Relative to the repository's root. */
  readonly file: string;
  readonly line: number;
  readonly level: 'error' | 'warning' | 'notice';
}

const SEVERITY = { error: 'major', warning: 'minor', notice: 'info' } as const;

/**
 * GitLab's Code Quality report. The fingerprint leaves out the line, so that a finding that only moved is not shown as
 * new; equal findings in one file are told apart by their order.
 */
export function toCodeQuality(findings: readonly Finding[]): string {
  const seen = new Map<string, number>();
  const entries = findings.map((finding) => {
    const key = JSON.stringify([finding.rule, finding.file, finding.message]);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return {
      description: clean(finding.message),
      check_name: finding.rule,
      fingerprint: createHash('sha256').update(`${key}#${nth}`).digest('hex'),
      severity: SEVERITY[finding.level],
      location: { path: finding.file.replace(/^\.\//, ''), lines: { begin: Math.max(1, finding.line) } },
    };
  });
  return `${JSON.stringify(entries, null, 2)}\n`;
}
