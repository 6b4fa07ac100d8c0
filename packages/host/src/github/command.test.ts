import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obeyedCommands, readCommand } from '../testing/runner-rules.ts';
import { command, harmless } from './command.ts';

const text = fc
  .array(fc.oneof(fc.string(), fc.constantFrom('::', '%', '%0A', ',', '\n', '\r', '=', '##[', ']')))
  .map((parts) => parts.join(''));

describe('command', () => {
  it('brings text and properties to the runner unchanged', () => {
    const property = text.filter((t) => t !== '' && !t.includes('='));
    fc.assert(
      fc.property(text, property, (data, title) => {
        expect(readCommand(command('error', { title, line: 3, file: undefined }, data))).toEqual({
          name: 'error',
          properties: { title, line: '3' },
          data,
        });
      }),
    );
  });

  it('is always one line', () => {
    fc.assert(fc.property(text, text, (data, file) => !/[\r\n]/.test(command('warning', { file }, data))));
  });
});

describe('harmless', () => {
  const hostile = fc
    .array(
      fc.constantFrom(
        '::set-env name=PATH::/evil',
        ' ::add-mask::a',
        '##[error]x',
        'a ##[add-path]y',
        '\n',
        '\r',
        'plain',
        '::x::',
      ),
    )
    .map((parts) => parts.join(''));

  it('lets no line of a text become a command', () => {
    fc.assert(fc.property(hostile, (output) => obeyedCommands(harmless(output, randomUUID)).length === 0));
  });

  it('lets commands through again after the text', () => {
    fc.assert(
      fc.property(hostile, (output) => {
        const log = `${harmless(output, randomUUID)}\n::notice::ours`;
        expect(obeyedCommands(log)).toEqual([{ name: 'notice', properties: {}, data: 'ours' }]);
      }),
    );
  });

  it('leaves ordinary text as it is', () => {
    expect(harmless('std::vector<int>\n#[derive]', randomUUID)).toBe('std::vector<int>\n#[derive]');
  });
});
