import { UserError } from '@sluice/contract';
import { isObject, type JsonObject, valueAt } from '../text/tolerant-json.ts';
import { textOf } from './digest.ts';
import type { Items } from './items.ts';
import { listed } from './metric-name.ts';

/**
 * Sets the slices that were asked for from the parts of a row that may hold them, the first that does.
 * @throws UserError naming the columns there are, when none holds it
 */
export function setSlices(
  items: Items,
  row: number,
  names: readonly string[],
  holders: readonly (JsonObject | undefined)[],
  where: string,
): void {
  for (const name of names) {
    const values = holders.map((holder) => valueAt(holder, name));
    const value = values.find((v) => v !== undefined && v !== null);
    if (value === undefined && values.includes(null))
      throw new UserError(
        `${where}: "${name}" is null, so the item is in no slice and no cluster; give it a value`,
      );
    if (value === undefined)
      throw new UserError(`${where}: no column "${name}"; there are ${columnNames(holders)}`);
    items.setSlice(row, name, textOf(value));
  }
}

function columnNames(holders: readonly (JsonObject | undefined)[]): string {
  const names = new Set(holders.flatMap((holder) => (isObject(holder) ? Object.keys(holder) : [])));
  return listed([...names].sort()) || 'none';
}
