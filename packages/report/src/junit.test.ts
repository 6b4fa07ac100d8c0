import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCodeQuality, toGitlabMetrics, toJUnit } from './index.ts';

describe('toJUnit', () => {
  it('counts by suite', () => {
    expect(
      toJUnit([
        { suite: 'unit', name: 'a', outcome: 'passed', durationMs: 1500 },
        {
          suite: 'unit',
          name: 'b',
          outcome: 'failed',
          message: 'x < "y"\nz',
          details: 'a & b',
          file: 't.py',
          line: 3,
        },
        { suite: 'lint', name: 'c', outcome: 'skipped' },
      ]),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" skipped="1" time="1.500">
  <testsuite name="unit" tests="2" failures="1" errors="0" skipped="0" time="1.500">
    <testcase name="a" classname="unit" time="1.500"/>
    <testcase name="b" classname="unit" file="t.py" line="3" time="0.000"><failure message="x &lt; &quot;y&quot;&#10;z">a &amp; b</failure></testcase>
  </testsuite>
  <testsuite name="lint" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase name="c" classname="lint" time="0.000"><skipped/></testcase>
  </testsuite>
</testsuites>
`);
  });

  it('holds only characters that XML allows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = toJUnit([{ suite: text, name: text, outcome: 'error', message: text, details: text }]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(xml.isWellFormed()).toBe(true);
        expect(xml.match(/<testcase /g)).toHaveLength(1);
      }),
    );
  });
});

describe('toCodeQuality', () => {
  const finding = {
    rule: 'ruff F401',
    message: 'unused',
    file: './src/a.py',
    line: 3,
    level: 'error',
  } as const;

  it('names file, line and severity', () => {
    expect(JSON.parse(toCodeQuality([finding]))).toEqual([
      {
        description: 'unused',
        check_name: 'ruff F401',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        severity: 'major',
        location: { path: 'src/a.py', lines: { begin: 3 } },
      },
    ]);
  });

  it('keeps the fingerprint of a finding that moved, and tells equal ones apart', () => {
    const prints = (list: Parameters<typeof toCodeQuality>[0]) =>
      (JSON.parse(toCodeQuality(list)) as { fingerprint: string }[]).map((e) => e.fingerprint);
    const [before] = prints([finding]);
    const [moved, twin] = prints([
      { ...finding, line: 9 },
      { ...finding, line: 12 },
    ]);
    expect(moved).toBe(before);
    expect(twin).not.toBe(before);
  });
});

describe('toGitlabMetrics', () => {
  it('keeps names that OpenMetrics does not allow as a label', () => {
    expect(toGitlabMetrics({ error_rate: 0.01, 'mmlu/acc@strict': 0.5, bad: Number.NaN })).toBe(
      'error_rate 0.01\nmmlu_acc_strict{metric="mmlu/acc@strict"} 0.5\n# EOF\n',
    );
  });
});
