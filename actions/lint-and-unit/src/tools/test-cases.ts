import { isAbsolute, normalize, relative } from 'node:path';
import type { TestCase } from '@sluice/report';
import type { Finding } from '../finding.ts';
import { readXml, type XmlElement } from './junit-xml.ts';

/** Reads pytest's JUnit file (family `xunit1`, which knows files and lines). @throws SyntaxError where it is no such file. */
export function readTestCases(xml: string, suite: string, workspace: string): TestCase[] {
  const found: TestCase[] = [];
  const walk = (element: XmlElement): void => {
    if (element.name === 'testcase') found.push(caseOf(element, suite, workspace));
    else element.children.forEach(walk);
  };
  walk(readXml(xml));
  return found;
}

function caseOf({ attributes: a, children }: XmlElement, suite: string, workspace: string): TestCase {
  const bad = children.find((c) => c.name === 'failure') ?? children.find((c) => c.name === 'error');
  const skipped = children.find((c) => c.name === 'skipped');
  const said = bad ?? skipped;
  const place = placeOf(a, bad?.text ?? '', workspace);
  const seconds = Number(a.time);
  return {
    suite,
    name: a.name ?? 'unnamed',
    outcome: bad ? (bad.name === 'failure' ? 'failed' : 'error') : skipped ? 'skipped' : 'passed',
    ...(a.classname ? { className: a.classname } : {}),
    ...place,
    ...(said?.attributes.message ? { message: said.attributes.message } : {}),
    ...(bad?.text.trim() ? { details: bad.text.trim() } : {}),
    ...(Number.isFinite(seconds) ? { durationMs: seconds * 1000 } : {}),
  };
}

/**
 * Where a test failed: the last place of its own file in the traceback, else the last one in the workspace, else where
 * the test begins.
 */
function placeOf(
  a: XmlElement['attributes'],
  traceback: string,
  workspace: string,
): { file?: string; line?: number } {
  const seen = [...traceback.matchAll(/^(\S[^:\n]*\.py):(\d+):/gm)]
    .map(([, file, line]) => ({ file: inside(file as string, workspace), line: Number(line) }))
    .filter((place): place is { file: string; line: number } => place.file !== undefined);
  const own = seen.filter((place) => place.file === a.file).at(-1) ?? seen.at(-1);
  if (own) return own;
  if (a.file === undefined) return {};
  // counted from 0
  return { file: a.file, ...(a.line === undefined ? {} : { line: Number(a.line) + 1 }) };
}

function inside(file: string, workspace: string): string | undefined {
  const path = normalize(isAbsolute(file) ? relative(workspace, file) : file);
  return path.startsWith('..') || /(^|\/)(site-packages|\.venv)\//.test(path) ? undefined : path;
}

export const isFailed = (test: TestCase): boolean => test.outcome === 'failed' || test.outcome === 'error';

/** Failed tests as findings at file and line. */
export const testFindings = (tests: readonly TestCase[]): Finding[] =>
  tests.filter(isFailed).map((test) => ({
    tool: 'pytest',
    rule: test.name,
    message: (test.message ?? test.details ?? 'failed').split('\n').slice(0, 6).join('\n'),
    file: test.file ?? '.',
    line: test.line ?? 1,
  }));
