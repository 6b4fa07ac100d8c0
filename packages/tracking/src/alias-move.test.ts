import { SystemError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveAlias } from './alias-move.ts';

const wanted = { name: 'toy', alias: 'production', version: '2' };

describe('moving an alias', () => {
  it('tells what it named before, or that another job had the last word', async () => {
    const version = fc.option(fc.constantFrom<string>('1', '2', '3'), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(version, fc.boolean(), version, async (before, disturbed, meanwhile) => {
        let now = before;
        let writes = 0;
        const moving = moveAlias(
          wanted,
          async () => now,
          async () => {
            writes++;
            now = disturbed ? meanwhile : wanted.version;
          },
        );
        const end = before === '2' ? '2' : disturbed ? meanwhile : '2';
        if (end === '2') expect(await moving).toEqual({ version: '2', previous: before });
        else await expect(moving).rejects.toThrow(SystemError);
        expect(writes).toBe(before === '2' ? 0 : 1);
      }),
    );
  });
});
