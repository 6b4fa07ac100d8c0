/**
 * The definition of Seldon Core 2's Experiment, written here from its published reference for the fields that a split has: its own file
 * is in no package that a test may get (the Go module proxy does not hand Seldon's operator out).
 * @see https://docs.seldon.ai/seldon-core-2/resources/experiment
 */
const text = { type: 'string' };
const number = { type: 'integer', format: 'int32' };
const share = (name: string) => ({
  type: 'object',
  required: ['name', name],
  properties: { name: text, [name]: number },
});
const condition = {
  type: 'object',
  required: ['status', 'type'],
  properties: {
    type: text,
    status: text,
    reason: text,
    message: text,
    severity: text,
    lastTransitionTime: text,
  },
};

export const experimentDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'experiments.mlops.seldon.io' },
  spec: {
    group: 'mlops.seldon.io',
    scope: 'Namespaced',
    names: { kind: 'Experiment', listKind: 'ExperimentList', plural: 'experiments', singular: 'experiment' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['candidates'],
                properties: {
                  candidates: { type: 'array', items: share('weight') },
                  default: text,
                  mirror: share('percent'),
                  resourceType: text,
                },
              },
              status: {
                type: 'object',
                properties: {
                  annotations: { type: 'object', additionalProperties: text },
                  conditions: { type: 'array', items: condition },
                  observedGeneration: { type: 'integer', format: 'int64' },
                },
              },
            },
          },
        },
      },
    ],
  },
};
