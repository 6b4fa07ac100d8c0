/** How `baseline` names a variant. */
const VARIANT = /^variant:(.+)$/;

/** The variant that a baseline names; undefined where it is none. */
export function baselineVariant(baseline: string | undefined): string | undefined {
  return VARIANT.exec(baseline ?? '')?.[1];
}
