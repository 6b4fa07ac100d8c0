import { escapeHtml } from './html/escape.ts';

/** One test, check or gate, as CI hosts show them. */
export interface TestCase {
  /** The suite it belongs to, e.g. `unit`, `gates`. */
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** One sentence: why it did not pass. */
  readonly message?: string;
  /** The whole story, several lines. */
  readonly details?: string;
  readonly className?: string;
  readonly file?: string;
  readonly line?: number;
  readonly durationMs?: number;
}

/** JUnit XML in the form that GitLab, Jenkins and the usual GitHub reporters read; suites in the order they appear. */
export function toJUnit(cases: readonly TestCase[]): string {
  const suites = Map.groupBy(cases, (c) => c.suite);
  const body = [...suites].map(
    ([name, list]) =>
      `  <testsuite name="${escapeHtml(name)}"${totals(list)}>\n${list.map(caseXml).join('\n')}\n  </testsuite>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${totals(cases)}>\n${body.join('\n')}${body.length > 0 ? '\n' : ''}</testsuites>\n`;
}

function totals(cases: readonly TestCase[]): string {
  const count = (outcome: TestCase['outcome']) => cases.filter((c) => c.outcome === outcome).length;
  const time = cases.reduce((sum, c) => sum + (c.durationMs ?? 0), 0);
  return ` tests="${cases.length}" failures="${count('failed')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds(time)}"`;
}

function caseXml(test: TestCase): string {
  const attributes = [
    ` name="${attribute(test.name)}"`,
    ` classname="${attribute(test.className ?? test.suite)}"`,
    ...(test.file === undefined ? [] : [` file="${attribute(test.file)}"`]),
    ...(test.line === undefined ? [] : [` line="${test.line}"`]),
    ` time="${seconds(test.durationMs ?? 0)}"`,
  ].join('');
  if (test.outcome === 'passed') return `    <testcase${attributes}/>`;
  const element = test.outcome === 'failed' ? 'failure' : test.outcome;
  const message = test.message === undefined ? '' : ` message="${attribute(test.message)}"`;
  const inner = test.details
    ? `<${element}${message}>${escapeHtml(test.details)}</${element}>`
    : `<${element}${message}/>`;
  return `    <testcase${attributes}>${inner}</testcase>`;
}

/** XML readers turn a line feed in an attribute into a blank unless it is written as a reference. */
const attribute = (text: string) => escapeHtml(text).replace(/\n/g, '&#10;').replace(/\t/g, '&#9;');
const seconds = (ms: number) => (ms / 1000).toFixed(3);
