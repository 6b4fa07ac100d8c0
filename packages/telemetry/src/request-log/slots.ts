/** Which slot a version stands in; undefined: none of the two. */
export type SlotOf = (version: string) => 'stable' | 'canary' | undefined;

/** Where one version alone is known, every other one is the other slot's. */
export function slotByVersion(versions: {
  readonly stable?: string | undefined;
  readonly canary?: string | undefined;
}): SlotOf {
  const { stable, canary } = versions;
  if (stable === undefined && canary === undefined)
    return slotByVersion({ stable: 'stable', canary: 'canary' });
  if (stable === undefined) return (version) => (version === canary ? 'canary' : 'stable');
  if (canary === undefined) return (version) => (version === stable ? 'stable' : 'canary');
  return (version) => (version === stable ? 'stable' : version === canary ? 'canary' : undefined);
}
