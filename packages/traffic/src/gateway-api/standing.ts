import { type Condition, conditionOf } from '@sluice/kubernetes';
import type { Route } from './route.ts';

/** Whether every gateway that has the route has seen it as it is now; a route that none has said a word of has nothing to wait for. */
export function takenUp({ metadata, status }: Route): boolean {
  return (status?.parents ?? []).every(({ conditions = [] }) =>
    conditions.every((condition) => upToDate(condition, metadata.generation)),
  );
}

/** What a gateway says of a route that it does not take as it is written. */
const COMPLAINTS = { Accepted: 'False', PartiallyInvalid: 'True', ResolvedRefs: 'False' } as const;

/** Why a gateway does not take the route, or not all of its rules; undefined: none has said so. */
export function refused(route: Route): string | undefined {
  return complaints(route, ['Accepted', 'PartiallyInvalid'])[0];
}

/** What keeps the route from working as it is written, by what its gateways say. */
export function troubles(route: Route): string[] {
  const { metadata, status } = route;
  const parents = status?.parents ?? [];
  if (parents.length === 0)
    return [`no gateway has taken the route ${metadata.name} up: nobody is known to follow its weights`];
  const late = parents.filter(({ conditions }) =>
    conditions?.some((condition) => !upToDate(condition, metadata.generation)),
  );
  return [
    ...complaints(route, ['Accepted', 'PartiallyInvalid', 'ResolvedRefs']),
    ...late.map(
      ({ parentRef }) => `gateway ${parentRef.name} has not taken up the last change of ${metadata.name} yet`,
    ),
  ];
}

function complaints({ metadata, status }: Route, types: readonly (keyof typeof COMPLAINTS)[]): string[] {
  return (status?.parents ?? []).flatMap(({ parentRef, conditions }) =>
    types.flatMap((type) => {
      const condition = conditionOf(conditions, type);
      return condition?.status === COMPLAINTS[type]
        ? [
            `gateway ${parentRef.name} says ${type}=${condition.status} of ${metadata.name}: ${condition.reason ?? ''} ${condition.message ?? ''}`.trim(),
          ]
        : [];
    }),
  );
}

const upToDate = ({ observedGeneration }: Condition, generation = 0) =>
  observedGeneration === undefined || observedGeneration >= generation;
