import { type Inputs, parseInputs } from '@sluice/contract';

/** The inputs of an action as its `run` gets them, from the texts that a job gives. */
export function actionInputs<D extends { readonly inputs: object }>(
  definition: D,
  given: Readonly<Record<string, string>>,
) {
  return parseInputs(definition as never, new Map(Object.entries(given))) as unknown as Inputs<
    D['inputs'] extends infer I extends Parameters<typeof parseInputs>[0]['inputs'] ? I : never
  >;
}
