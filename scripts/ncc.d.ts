declare module '@vercel/ncc' {
  interface Options {
    readonly minify?: boolean;
    readonly quiet?: boolean;
    readonly cache?: false;
    readonly esm?: boolean;
    readonly target?: string;
    readonly license?: string;
  }
  interface Module {
    readonly identifier?: string;
    readonly name?: string;
    readonly modules?: readonly Module[];
  }
  interface Result {
    readonly code: string;
    readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array }>>;
    /** A webpack `Stats`. */
    readonly stats: {
      toJson(options: Readonly<Record<string, unknown>>): { readonly modules?: readonly Module[] };
    };
  }
  export default function ncc(entry: string, options: Options): Promise<Result>;
}
