import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sheetCsv } from '../sheet/csv.ts';
import { type Card, sheetOf } from '../sheet/sheet.ts';
import { reviewPage } from './page.ts';

const HOSTILE = `</script><script>alert(1)</script><!--<img src=x onerror=alert(2)> "q", 'a' & \u2028 答案：<b>好</b>`;
const card = (input: string): Card => ({ id: 'c1', input, reference: '', answers: [input, 'no'] });

/** The sheet that a browser reads from the page. */
function dataOf(html: string): unknown {
  const [, json] = /<script type="application\/json" id="sheet">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json as string);
}

it('holds any text as data, which ends no element', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const sheet = sheetOf(text, 'pairs', [card(text), card(HOSTILE)]);
      const html = reviewPage(sheet);
      expect(dataOf(html)).toEqual(JSON.parse(JSON.stringify(sheet)));
      expect(html.match(/<script/g)).toHaveLength(2);
      expect(html).not.toContain('<img');
    }),
    { numRuns: 25 },
  );
});

it('needs nothing from elsewhere, and its own policy forbids it', () => {
  const html = reviewPage(sheetOf('Review', 'scale', [card('q')]));
  expect(html).not.toMatch(/https?:|\bsrc=|\bhref=|@import|url\(/);
  expect(html).toContain("default-src 'none'");
  for (const [tag, rule] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ]) {
    const [, body] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html) ?? [];
    const hash = createHash('sha256')
      .update(body as string)
      .digest('base64');
    expect(html).toContain(`${rule} 'sha256-${hash}'`);
  }
});

it('writes a sheet that spreadsheets read and do not run', () => {
  const csv = sheetCsv(sheetOf('Review', 'pairs', [card('=1+1'), card('a "b",\nc'), card('中文')]));
  expect(
    csv.startsWith('\ufeffsample,card,input,reference,answer_a,answer_b,rating,comment,reviewer\r\n'),
  ).toBe(true);
  expect(csv).toContain(",'=1+1,");
  expect(csv).toContain('"a ""b"",\nc"');
  expect(csv).toContain(',中文,');
});
