import { toJUnit } from '@sluice/report';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml } from './junit-xml.ts';
import { readMypy } from './mypy.ts';
import { readRuff } from './ruff.ts';
import { readTestCases, testFindings } from './test-cases.ts';

describe('readRuff', () => {
  it('reads findings, and syntax errors without a code', () => {
    const entry = {
      code: 'F401',
      message: '`os` imported but unused',
      filename: '/w/src/a.py',
      location: { row: 1, column: 8 },
      end_location: { row: 1, column: 10 },
    };
    expect(
      readRuff(JSON.stringify([entry, { ...entry, code: null, location: null, end_location: null }]), '/w'),
    ).toEqual([
      {
        tool: 'ruff',
        rule: 'F401',
        message: '`os` imported but unused',
        file: 'src/a.py',
        line: 1,
        column: 8,
        endLine: 1,
      },
      {
        tool: 'ruff',
        rule: 'invalid-syntax',
        message: '`os` imported but unused',
        file: 'src/a.py',
        line: 1,
      },
    ]);
  });
});

describe('readMypy', () => {
  it('reads JSON and text alike, without notes', () => {
    const json =
      '{"file": "src/a.py", "line": 3, "column": 4, "message": "Bad", "hint": null, "code": "arg-type", "severity": "error"}\n' +
      '{"file": "src/a.py", "line": 3, "column": 4, "message": "See", "hint": null, "code": null, "severity": "note"}\n';
    const text = 'src/a.py:3:5: error: Bad  [arg-type]\nsrc/a.py:3: note: See\nFound 1 error\n';
    const finding = { tool: 'mypy', rule: 'arg-type', message: 'Bad', file: 'src/a.py', line: 3, column: 5 };
    expect(readMypy(json, '/w')).toEqual([finding]);
    expect(readMypy(text, '/w')).toEqual([finding]);
  });
});

describe('readXml', () => {
  it('reads what toJUnit writes, in any script', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(word, word, word, (name, message, details) => {
        const xml = toJUnit([{ suite: 's', name, outcome: 'failed', message, details }]);
        const test = readXml(xml).children[0]?.children[0];
        expect(test?.attributes.name).toBe(name);
        expect(test?.children[0]?.attributes.message).toBe(message);
        expect(test?.children[0]?.text).toBe(details);
      }),
    );
  });

  it('refuses what is not whole', () => {
    for (const xml of ['', '<a>', '<a></b>', '<a/><b/>', '<a b=c/>', '</a>', 'text'])
      expect(() => readXml(xml)).toThrow(SyntaxError);
    expect(readXml('<?xml version="1.0"?><!-- c --><a b=\'1\'>x<![CDATA[<y>]]>&#233;&unknown;</a>')).toEqual({
      name: 'a',
      attributes: { b: '1' },
      children: [],
      text: 'x<y>é&unknown;',
    });
  });
});

describe('readTestCases', () => {
  const xml = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="2" tests="4">
<testcase classname="tests.unit.test_a" name="test_ok" file="tests/unit/test_a.py" line="3" time="0.5" />
<testcase classname="tests.unit.test_a" name="test_bad" file="tests/unit/test_a.py" line="6" time="0.1"><failure message="assert 1 == 2">def test_bad():
&gt;       assert one() == 2

tests/unit/test_a.py:9:
src/app.py:4: AssertionError</failure></testcase>
<testcase classname="" name="tests.unit.test_b" time="0.0"><error message="collection failure">ImportError while importing test module '/w/tests/unit/test_b.py'.
tests/unit/test_b.py:1: in &lt;module&gt;
    import absent
/usr/lib/python3/site-packages/x.py:7: in y
E   ModuleNotFoundError: No module named 'absent'</error></testcase>
<testcase classname="tests.unit.test_a" name="test_skip" file="tests/unit/test_a.py" line="20" time="0"><skipped type="pytest.skip" message="no GPU">x</skipped></testcase>
</testsuite></testsuites>`;

  it('reads outcomes and places', () => {
    const tests = readTestCases(xml, 'unit', '/w');
    expect(tests.map((t) => [t.name, t.outcome, t.file, t.line])).toEqual([
      ['test_ok', 'passed', 'tests/unit/test_a.py', 4],
      ['test_bad', 'failed', 'tests/unit/test_a.py', 9],
      ['tests.unit.test_b', 'error', 'tests/unit/test_b.py', 1],
      ['test_skip', 'skipped', 'tests/unit/test_a.py', 21],
    ]);
    expect(tests[3]?.message).toBe('no GPU');
    expect(tests[0]?.durationMs).toBe(500);
    expect(testFindings(tests)).toEqual([
      { tool: 'pytest', rule: 'test_bad', message: 'assert 1 == 2', file: 'tests/unit/test_a.py', line: 9 },
      {
        tool: 'pytest',
        rule: 'tests.unit.test_b',
        message: 'collection failure',
        file: 'tests/unit/test_b.py',
        line: 1,
      },
    ]);
  });
});
