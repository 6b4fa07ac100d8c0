import { expect, it } from 'vitest';
import { parseSegments } from './segments.ts';

it('reads a header a line, with its values', () => {
  expect(parseSegments('X-Region = EU, us\nx-tenant: acme\n')).toEqual({
    'x-region': ['eu', 'us'],
    'x-tenant': ['acme'],
  });
  expect(parseSegments('x-device=phone; x-region=eu')).toEqual({ 'x-device': ['phone'], 'x-region': ['eu'] });
});

it.each(['', ' \n', 'x-region', 'x-region =', 'x-region = eu,,us', 'x y = 1', 'x-a=1;x-a=2'])(
  'refuses %j',
  (text) => {
    expect(() => parseSegments(text)).toThrow(/segments/);
  },
);
