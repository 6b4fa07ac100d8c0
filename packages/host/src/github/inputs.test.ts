import { defineAction, flag, runInputs, text } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { githubInputs } from './inputs.ts';

const definition = defineAction({
  name: 'fixture',
  title: 'Fixture',
  description: 'For this test.',
  inputs: {
    ...runInputs,
    'model-paths': { type: text, description: 'x', default: 'src' },
    deploy: { type: flag, description: 'x' },
  },
  outputs: {},
});
const given = (env: Record<string, string>) => Object.fromEntries(githubInputs(definition, env));

describe('githubInputs', () => {
  it('reads names as the runner writes them, with hyphens', () => {
    expect(given({ 'INPUT_RUN-ID': 'abcdefgh', INPUT_DEPLOY: 'true', PATH: '/bin' })).toEqual({
      'run-id': 'abcdefgh',
      deploy: 'true',
    });
  });

  it('reads the form that a shell can write', () => {
    expect(given({ INPUT_MODEL_PATHS: 'lib' })).toEqual({ 'model-paths': 'lib' });
  });

  it.each([
    { 'INPUT_MODEL-PATHS': 'src', INPUT_MODEL_PATHS: 'lib' },
    { INPUT_MODEL_PATHS: 'lib', 'INPUT_MODEL-PATHS': 'src' },
    { 'INPUT_MODEL-PATHS': 'lib', INPUT_MODEL_PATHS: '' },
  ])('prefers what was written to what is only the default: %o', (env) => {
    expect(given(env)).toEqual({ 'model-paths': 'lib' });
  });

  it('takes none for the default of what is wired', () => {
    expect(given({ 'INPUT_RUN-ID': 'none', INPUT_RUN_ID: 'abcdefgh' })).toEqual({ 'run-id': 'abcdefgh' });
  });

  it('refuses to choose between two different values', () => {
    expect(() => given({ INPUT_MODEL_PATHS: 'a', 'INPUT_MODEL-PATHS': 'b' })).toThrow(/given twice/);
  });

  it('hands on an empty value and an unknown name: the definition judges them', () => {
    expect(given({ INPUT_DEPLOY: '', INPUT_MODEL: 'x' })).toEqual({ deploy: '', model: 'x' });
  });
});
