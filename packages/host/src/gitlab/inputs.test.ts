import { defineAction, flag } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { gitlabInputs } from './inputs.ts';

const definition = defineAction({
  name: 'fixture',
  title: 'Fixture',
  description: 'For this test.',
  inputs: { 'fast-mode': { type: flag, description: 'x' } },
  outputs: {},
});
const given = (env: Record<string, string>) => Object.fromEntries(gitlabInputs(definition, env));

describe('gitlabInputs', () => {
  it('reads job variables', () => {
    expect(given({ SLUICE_INPUT_FAST_MODE: 'true', SLUICE_STORE_URL: '/s' })).toEqual({
      'fast-mode': 'true',
    });
  });

  it('leaves a shared input that the whole pipeline sets to the actions that have it', () => {
    expect(given({ SLUICE_INPUT_RUN_ID: 'abcdefgh', SLUICE_INPUT_DRY_RUN: 'true' })).toEqual({});
  });

  it('hands on a misspelt name, so that it is an error', () => {
    expect(given({ SLUICE_INPUT_FAST_MOD: 'true' })).toEqual({ 'fast-mod': 'true' });
  });
});
