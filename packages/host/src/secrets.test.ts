import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secrets } from './secrets.ts';

const knowing = (...texts: string[]) => {
  const secrets = new Secrets();
  for (const text of texts) secrets.add(text);
  return secrets;
};

describe('Secrets', () => {
  it('cuts the plain text out', () => {
    expect(knowing('hunter22').cut('the key is hunter22!')).toBe('the key is ***!');
  });

  it('cuts out what a Basic header makes of it, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40 }).filter((s) => !/[\r\n]/.test(s) && s.trim() !== ''),
        fc.string({ maxLength: 12 }),
        fc.string({ maxLength: 12 }),
        (secret, before, after) => {
          const header = Buffer.from(before + secret + after).toString('base64');
          const cut = knowing(secret).cut(header);
          return cut.includes('***') && !Buffer.from(cut.replaceAll('***', ''), 'base64').includes(secret);
        },
      ),
    );
  });

  it('cuts the user part out of any URL, known or not', () => {
    expect(knowing().cut('GET https://bob:pa55@host:8443/x failed')).toBe(
      'GET https://***@host:8443/x failed',
    );
    expect(knowing('p@ss/word').cut('https://bob@host/p%40ss%2Fword')).toBe('https://bob@host/***');
  });

  it('leaves an address without a user part alone', () => {
    expect(knowing().cut('http://127.0.0.1:5000/a@b c://d')).toBe('http://127.0.0.1:5000/a@b c://d');
  });

  it('takes each line of a key, but no line that is only a bracket', () => {
    const secrets = new Secrets();
    expect(secrets.add('{\n  "private": "abcdef"\n}')).toEqual(['  "private": "abcdef"']);
    expect(secrets.cut('{"metrics": {}}')).toBe('{"metrics": {}}');
  });

  it('knows an empty text for no secret', () => {
    expect(knowing('', ' ').cut('a b')).toBe('a b');
  });
});
