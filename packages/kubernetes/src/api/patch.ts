/**
 * JSON Patch.
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export type JsonPatch = readonly (
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }
)[];

/**
 * A change of an object. With `metadata.resourceVersion` in a merge patch it is refused (409) where the object has changed
 * since; a `test` of a JSON patch that does not hold is refused with 422.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */
export type Patch =
  | { readonly type: 'merge'; readonly body: object }
  | { readonly type: 'strategic'; readonly body: object }
  | { readonly type: 'json'; readonly body: JsonPatch };

export const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  // YAML is a superset of JSON, and this is the only name that every server knows it by
  apply: 'application/apply-patch+yaml',
} as const;
