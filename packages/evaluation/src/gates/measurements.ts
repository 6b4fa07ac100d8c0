import { readFile } from 'node:fs/promises';
import { UserError } from '@sluice/contract';
import { isObject, type JsonObject, parseTolerantJson } from '../text/tolerant-json.ts';

/**
 * Reads figures that were measured elsewhere, such as a smoke test's report: a JSON object of numbers, nested objects
 * giving dotted names; an object `metrics` or `outputs` in it is read instead of the whole.
 */
export async function readMeasurements(path: string): Promise<Map<string, number>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UserError(`measurements: ${path} does not exist or cannot be read`);
  });
  let value: unknown;
  try {
    value = parseTolerantJson(text);
  } catch (error) {
    throw new UserError(`measurements: ${path} is not valid JSON (${(error as Error).message})`);
  }
  if (!isObject(value)) throw new UserError(`measurements: ${path} is no JSON object of numbers`);
  const part = [value.metrics, value.outputs].find(isObject) ?? value;
  const found = new Map<string, number>();
  collect(part, '', found);
  if (found.size === 0) throw new UserError(`measurements: ${path} holds no numbers`);
  return found;
}

function collect(object: JsonObject, prefix: string, found: Map<string, number>): void {
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'number') found.set(prefix + key, value);
    else if (value === 'NaN' || value === 'Infinity' || value === '-Infinity')
      found.set(prefix + key, Number(value));
    else if (typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value))
      found.set(prefix + key, Number(value));
    else if (isObject(value)) collect(value, `${prefix}${key}.`, found);
  }
}
