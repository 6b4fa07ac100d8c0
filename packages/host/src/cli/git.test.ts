import { describe, expect, it } from 'vitest';
import { browserAddress } from './git.ts';

describe('browserAddress', () => {
  it.each([
    ['git@git.example:lab/models.git', 'https://git.example/lab/models'],
    ['ssh://git@git.example:2222/lab/models.git', 'https://git.example/lab/models'],
    ['https://bob:token@git.example/lab/models.git', 'https://git.example/lab/models'],
    ['http://git.example:3000/lab/models', 'http://git.example:3000/lab/models'],
    ['file:///srv/git/models.git', '/srv/git/models.git'],
    ['../models.git', '../models.git'],
  ])('%s is %s', (remote, address) => {
    expect(browserAddress(remote)).toBe(address);
  });
});
