import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvParser, delimiterOf } from './csv.ts';

function parse(text: string, delimiter = ',', cut = text.length): string[][] {
  const records: string[][] = [];
  const parser = new CsvParser(delimiter, (fields) => records.push([...fields]));
  parser.push(text.slice(0, cut));
  parser.push(text.slice(cut));
  parser.end();
  return records;
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

test('any fields come back, however they are quoted and wherever the text is cut', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', 'ü', '\t'),
    maxLength: 8,
  });
  const records = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      records,
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom(',', ';', '\t'),
      fc.nat(200),
      (rows, end, delimiter, cut) => {
        const text = rows.map((row) => row.map(quoted).join(delimiter)).join(end);
        expect(parse(text, delimiter, Math.min(cut, text.length))).toEqual(rows);
        expect(parse(text + end, delimiter)).toEqual(rows);
      },
    ),
  );
});

test('the line of a record counts the line breaks inside quotes', () => {
  const lines: number[] = [];
  const parser = new CsvParser(',', (_, line) => lines.push(line));
  parser.push('a,b\n"x\ny",1\r\n\nz,2\n');
  parser.end();
  expect(lines).toEqual([1, 2, 5]);
});

test('a quote that is never closed is an error', () => {
  expect(() => parse('a,b\n"x,1\n')).toThrow(/line 2: a quoted field is not closed/);
});

test('the delimiter is the one that the header has most often', () => {
  expect([delimiterOf('a,b,c'), delimiterOf('a;b;c,d'), delimiterOf('a\tb')]).toEqual([',', ';', '\t']);
});
