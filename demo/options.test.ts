import { describe, expect, it } from 'vitest';
import { demoOptions } from './options.ts';

describe('demoOptions', () => {
  it('tells all stories on the GitLab pipeline where nothing is said', () => {
    expect(demoOptions([])).toEqual({ host: 'gitlab', stories: [1, 2, 3, 4] });
  });

  it('adds the story that a drill needs', () => {
    expect(demoOptions(['--stories', '4,2'])).toEqual({ host: 'gitlab', stories: [1, 2, 4] });
  });

  it('names what is not there', () => {
    expect(() => demoOptions(['--stories', '1,5'])).toThrow(/'5'/);
    expect(() => demoOptions(['--stories', ''])).toThrow(/''/);
    expect(() => demoOptions(['--host', 'jenkins'])).toThrow(/'jenkins'.*gitlab and github/);
    expect(() => demoOptions(['--fast'])).toThrow(/--fast/);
  });
});
