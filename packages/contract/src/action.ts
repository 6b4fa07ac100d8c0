import type { ZodMiniType } from 'zod/mini';
import type { Type, TypeValue } from './type.ts';

/** One input of an action: written down here and nowhere else. */
export interface InputSpec<T = unknown> {
  readonly type: Type<T>;
  /** One sentence in users' words, shown in action.yml, --help and the README. */
  readonly description: string;
  readonly required?: boolean;
  /** The default as text on the wire. */
  readonly default?: string;
  /** Masked in logs, never shown in errors. */
  readonly secret?: boolean;
  /** Earlier names; giving one fails with a text that says the new name. */
  readonly renamedFrom?: readonly string[];
}

/** One output of an action. Every declared output is set on exit 0 and 3. */
export interface OutputSpec<T = unknown> {
  readonly type: Type<T>;
  readonly description: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a map of inputs holds values of any type; each keeps its own
export type InputSpecs = Readonly<Record<string, InputSpec<any>>>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type OutputSpecs = Readonly<Record<string, OutputSpec<any>>>;

/** The typed inputs of a definition: required ones and those with a default are always there. */
export type Inputs<I extends InputSpecs> = {
  readonly [K in keyof I]: I[K] extends { readonly required: true } | { readonly default: string }
    ? TypeValue<I[K]['type']>
    : TypeValue<I[K]['type']> | undefined;
};

/** The typed outputs of a definition: all of them, always. */
export type Outputs<O extends OutputSpecs> = { readonly [K in keyof O]: TypeValue<O[K]['type']> };

/** The one declaration of an action. */
export interface Definition<I extends InputSpecs = InputSpecs, O extends OutputSpecs = OutputSpecs> {
  readonly name: string;
  /** A few words, the `name:` of action.yml. */
  readonly title: string;
  /** One or two sentences: what it does and what it decides. */
  readonly description: string;
  readonly inputs: I;
  readonly outputs: O;
  /** Schemas of the inputs that are Documents, by input; written out as `<input>.schema.json` for editors. */
  readonly documents?: Readonly<Record<string, ZodMiniType>>;
  /** GitHub token permissions it needs, for the README. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Checks a declaration as soon as its module is loaded: a wrong default or name is a fault of ours, found by every test. */
export function defineAction<const I extends InputSpecs, const O extends OutputSpecs>(
  definition: Definition<I, O>,
): Definition<I, O> {
  const names = [definition.name, ...Object.keys(definition.inputs), ...Object.keys(definition.outputs)];
  for (const name of names)
    if (!KEBAB.test(name)) throw new TypeError(`${definition.name}: '${name}' is not in kebab-case`);
  for (const [name, spec] of Object.entries(definition.inputs)) {
    if (spec.required && spec.default !== undefined)
      throw new TypeError(`${definition.name}: '${name}' is required and has a default`);
    if (spec.default !== undefined) spec.type.parse(spec.default);
  }
  return definition;
}
