import { UserError } from '@sluice/contract';

/** A LoRA adapter to serve beside its base model. */
export interface ServedAdapter {
  /** Where it lies, as the server sees it. */
  readonly path: string;
  /** The name that users ask for, beside the version. */
  readonly name: string;
  /** `r` of its adapter_config.json. */
  readonly rank: number;
}

/** What a server serves: a whole model, or a base model with an adapter. */
export interface Served {
  /** Folder of the whole model or of the base model, as the server sees it. */
  readonly model: string;
  readonly adapter?: ServedAdapter | undefined;
  /** The name that carries the version: what `/v1/models` must answer with. */
  readonly servedName: string;
}

/**
 * A name of a model on the wire. vLLM cuts `name=path` at the first `=`, so the name may hold none.
 * @throws UserError
 */
export function checkServedName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name))
    throw new UserError(
      `'${name}' cannot be the name of a served model: letters, digits, '.', '_' and '-' only, at most 128.`,
    );
  return name;
}
