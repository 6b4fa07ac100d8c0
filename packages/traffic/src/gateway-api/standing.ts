import { type Condition, conditionOf } from '@sluice/kubernetes';
import type { Route } from './route.ts';

/** Whether every gateway that has the route has seen it as it is now; a route that none has said a word of has nothing to wait for. */
export function takenUp({ metadata, status }: Route): boolean {
  return (status?.parents ?? []).every(({ conditions = [] }) =>
    conditions.every((condition) => upToDate(condition, metadata.generation)),
  );
}

/** What keeps the route from working as it is written, by what its gateways say. */
export function troubles({ metadata, status }: Route): string[] {
  const parents = status?.parents ?? [];
  if (parents.length === 0)
    return [`no gateway has taken the route ${metadata.name} up: nobody is known to follow its weights`];
  return parents.flatMap(({ parentRef, conditions }) => {
    const gateway = `gateway ${parentRef.name}`;
    const refused = (['Accepted', 'ResolvedRefs'] as const).flatMap((type) => {
      const condition = conditionOf(conditions, type);
      return condition?.status === 'False'
        ? [
            `${gateway} says ${type}=False of ${metadata.name}: ${condition.reason ?? ''} ${condition.message ?? ''}`.trim(),
          ]
        : [];
    });
    const late = conditions?.some((condition) => !upToDate(condition, metadata.generation));
    return late
      ? [...refused, `${gateway} has not taken up the last change of ${metadata.name} yet`]
      : refused;
  });
}

const upToDate = ({ observedGeneration }: Condition, generation = 0) =>
  observedGeneration === undefined || observedGeneration >= generation;
