import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlatRow, VALUE } from './flat-row.ts';

const COLUMNS = ['id', 'input', 'score'];

/** What a row holds in the columns as the scanner tells it; null where it leaves the row to JSON.parse. */
function scanned(text: string, row = new FlatRow(COLUMNS)): unknown[] | null {
  const bytes = Buffer.from(`xx${text}yy`);
  if (!row.scan(bytes, 2, bytes.length - 2)) return null;
  return COLUMNS.map((_, i) => {
    const raw = bytes.toString('utf8', row.starts[i], row.ends[i]);
    switch (row.kinds[i]) {
      case VALUE.text:
        return raw;
      case VALUE.escaped:
        return JSON.parse(`"${raw}"`);
      case VALUE.number:
        return row.number(i);
      case VALUE.absent:
        return undefined;
      default:
        return { [VALUE.true]: true, [VALUE.false]: false, [VALUE.null]: null }[row.kinds[i] as 4 | 5 | 6];
    }
  });
}

const flat = fc.dictionary(
  fc.oneof(fc.constantFrom(...COLUMNS), fc.string({ unit: 'grapheme' })),
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  ),
);

test('the values of a flat row are those of JSON.parse', () => {
  const row = new FlatRow(COLUMNS);
  fc.assert(
    fc.property(flat, fc.constantFrom(0, 1), (object, indent) => {
      const text = JSON.stringify(object, null, indent).replaceAll('\n', ' ');
      const found = scanned(text, row);
      const plainKeys = Object.keys(object).every((key) => JSON.stringify(key) === `"${key}"`);
      if (!plainKeys) expect(found === null || found.length === COLUMNS.length).toBe(true);
      else expect(found).toEqual(COLUMNS.map((name) => JSON.parse(text)[name]));
    }),
  );
});

test('a row is read rightly though the one before lay in the same memory', () => {
  const memory = Buffer.alloc(1 << 16);
  fc.assert(
    fc.property(fc.array(flat, { maxLength: 5 }), (objects) => {
      const row = new FlatRow(COLUMNS);
      for (const object of objects) {
        const size = memory.write(JSON.stringify(object));
        if (!row.scan(memory, 0, size)) continue;
        const found = COLUMNS.map((_, i) => row.kinds[i] !== VALUE.absent);
        expect(found).toEqual(COLUMNS.map((name) => name in object));
      }
    }),
  );
});

test('what JSON.parse refuses is never taken for a row', () => {
  const row = new FlatRow(COLUMNS);
  fc.assert(
    fc.property(
      flat,
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', '}', '0', 'e', '\n'),
      (object, at, change) => {
        const text = JSON.stringify(object);
        const cut = at % (text.length + 1);
        const broken = (text.slice(0, cut) + change + text.slice(cut + 1)).toWellFormed();
        let value: unknown = null;
        try {
          value = JSON.parse(broken);
        } catch {}
        const found = scanned(broken, row);
        if (found) expect(found).toEqual(COLUMNS.map((name) => (value as Record<string, unknown>)[name]));
      },
    ),
    { numRuns: 3000 },
  );
});

test('every character at every place of a text is taken as JSON.parse takes it', () => {
  const characters = [...Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)), '中', '😀'];
  for (const c of characters) {
    for (let place = 0; place < 10; place++) {
      for (const neighbour of ['a', '!', 'é']) {
        const text = `{"input":"${neighbour.repeat(place)}${c}${neighbour.repeat(9 - place)}"}`;
        let want: unknown[] | null = null;
        try {
          want = [undefined, JSON.parse(text).input, undefined];
        } catch {}
        expect(scanned(text)).toEqual(want);
      }
    }
  }
});

test.each([
  '[1]',
  '"x"',
  '{"id":{"a":1}}',
  '{"id":[1]}',
  '{"id":NaN}',
  '{"id":01}',
  '{"id":1}{',
  '{"id":1,}',
  '{id:1}',
  '',
])('%s is left to JSON.parse', (text) => expect(scanned(text)).toBeNull());

test.each([
  '0',
  '-0',
  '1',
  '0.1',
  '123456789012345',
  '0.123456789012345',
  '3.14159265358979312',
  '1e5',
  '-2.5E-3',
  '9007199254740993',
])('the number %s', (text) => expect(scanned(`{"score":${text}}`)?.[2]).toBe(JSON.parse(text)));
