import { type MlflowConnection, MlflowError } from '@sluice/store';
import { describe, expect, it } from 'vitest';
import { mlflowRegistry } from './mlflow-registry.ts';

/** What the registry makes of one answer about an alias. */
const aliasAfter = (answer: object | Error) =>
  mlflowRegistry({
    read: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as MlflowConnection).getAlias('m', 'production');

describe('an alias', () => {
  it.each([
    [404, 'RESOURCE_DOES_NOT_EXIST'],
    [400, 'INVALID_PARAMETER_VALUE'],
  ])('is not there where MLflow says so: %i %s', async (status, code) => {
    expect(await aliasAfter(new MlflowError('no', status, code))).toBeUndefined();
  });

  // taken for a missing alias it would leave out the gates that compare, under `baseline-missing: absolute-only`
  it.each<[string, object | Error]>([
    ['a refusal without a code of MLflow', new MlflowError('400', 400, 'UNKNOWN')],
    ['a page that no MLflow server has', new MlflowError('404', 0, 'NOT_MLFLOW')],
    ['a failure', new MlflowError('500', 500, 'INTERNAL_ERROR')],
    ['an answer without a version', {}],
    ['a list', []],
  ])('is not known after %s', async (_, answer) => {
    await expect(aliasAfter(answer)).rejects.toThrow();
    await expect(aliasAfter(answer)).rejects.not.toBeInstanceOf(TypeError);
  });
});
