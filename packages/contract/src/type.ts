/** A JSON Schema (draft 2020-12) fragment. */
export type JsonSchema = { readonly [key: string]: unknown };

/** How `action-types.yml` describes a value (github-actions-typing). */
export type Typing =
  | { readonly type: 'string' | 'boolean' | 'integer' | 'float' }
  | { readonly type: 'enum'; readonly name: string; readonly 'allowed-values': readonly string[] }
  | { readonly type: 'list'; readonly separator: string; readonly 'list-item': Typing };

/**
 * One type of the contract: how a value travels as text between steps, jobs and hosts.
 * `parse(format(v))` equals `v` for every value `v`; `parse` throws {@link Invalid} for any other text.
 */
export interface Type<T> {
  /** The name in the contract, e.g. `RunId`. */
  readonly name: string;
  /** What is allowed, as a phrase that completes "allowed: …". */
  readonly rule: string;
  parse(text: string): T;
  format(value: T): string;
  /** Schema of the text on the wire. */
  readonly schema: JsonSchema;
  readonly typing: Typing;
  /** True where an empty text hides a lost value (a skipped step, a masked output): it is an error, never "not given". */
  readonly wired?: boolean;
}

/** The value of a {@link Type}. */
export type TypeValue<X> = X extends Type<infer T> ? T : never;

/** A text that is not of a type. `hint` says what to do where the rule alone does not tell. */
export class Invalid extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Shortens a given text for an error; never shows control characters raw. */
export function quote(text: string, limit = 120): string {
  const cut = [...text].length > limit ? `${[...text].slice(0, limit).join('')}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return `'${cut.replace(/[\u0000-\u001f\u007f]/g, (c) => (c === '\n' ? '\\n' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`))}'`;
}

declare const brand: unique symbol;
/** A string that was proven to be of a kind. Several kinds can be joined: a ModelDigest is a Digest, a digest of data is not a ModelDigest. */
export type Branded<Name extends string> = string & { readonly [brand]: { readonly [K in Name]: true } };
