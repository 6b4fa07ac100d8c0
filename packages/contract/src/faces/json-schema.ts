import * as z from 'zod/mini';
import type { Definition } from '../action.ts';

/** JSON Schema (2020-12) of an action's inputs and outputs as texts on the wire. */
export function jsonSchema(definition: Definition): string {
  const describe = (specs: Definition['inputs'] | Definition['outputs']) =>
    Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        {
          description: spec.description,
          ...spec.type.schema,
          ...('default' in spec && spec.default !== undefined ? { default: spec.default } : {}),
        },
      ]),
    );
  const required = Object.entries(definition.inputs).filter(([, spec]) => spec.required);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: definition.name,
    description: definition.description,
    $defs: {
      inputs: {
        type: 'object',
        properties: describe(definition.inputs),
        required: required.map(([name]) => name),
        additionalProperties: false,
      },
      outputs: {
        type: 'object',
        properties: describe(definition.outputs),
        required: Object.keys(definition.outputs),
        additionalProperties: false,
      },
    },
    type: 'object',
    properties: { inputs: { $ref: '#/$defs/inputs' }, outputs: { $ref: '#/$defs/outputs' } },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** One schema per Document input, for completion in editors. */
export function documentSchemas(definition: Definition): [string, string][] {
  return Object.entries(definition.documents ?? {}).map(([input, schema]) => {
    const text = { title: `${definition.name}: ${input}`, ...z.toJSONSchema(schema, { io: 'input' }) };
    return [input, `${JSON.stringify(text, null, 2)}\n`];
  });
}
