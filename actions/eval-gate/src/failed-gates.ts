import { type Decision, decision, Invalid, json, type Type } from '@sluice/contract';

/** A gate that did not approve. */
export interface FailedGate {
  readonly name: string;
  readonly decision: Decision;
}

/** A JSON list of gates, each with its name and decision. */
export const failedGates: Type<readonly FailedGate[]> = json<readonly FailedGate[]>(
  'FailedGates',
  'a JSON list of maps with `name` and `decision`',
  (value) => {
    if (!Array.isArray(value)) throw new Invalid('is not a JSON list');
    return value.map((entry: unknown) => {
      const { name, decision: said } = (entry ?? {}) as Partial<FailedGate>;
      if (typeof name !== 'string') throw new Invalid('holds a gate without a name');
      return { name, decision: decision.parse(String(said)) };
    });
  },
  {
    type: 'array',
    items: {
      type: 'object',
      required: ['name', 'decision'],
      properties: { name: { type: 'string' }, decision: { enum: ['approve', 'reject', 'undecided'] } },
    },
  },
);
