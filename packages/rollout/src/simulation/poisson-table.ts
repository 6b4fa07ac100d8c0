import { drawPoisson, type Generator } from '@sluice/statistics';

/** Standard deviations that a table reaches to either side; the rest is 1e-18. */
const REACH = 9;
/** Numbers kept in all tables together. */
const KEPT = 8_000_000;

/** The distribution function over `lowest` .., and where in it to begin the search for u: at `guide[floor(u x size)]`. */
interface Table {
  readonly lowest: number;
  readonly cumulative: Float64Array;
  readonly guide: Int32Array;
}

const tables = new Map<number, Table>();
let kept = 0;

function tableFor(mean: number): Table {
  const reach = REACH * Math.sqrt(mean) + 12;
  const lowest = Math.max(0, Math.floor(mean - reach));
  const size = Math.ceil(mean + reach) - lowest + 1;
  const mode = Math.floor(mean) - lowest;
  const mass = new Float64Array(size);
  mass[mode] = 1;
  for (let i = mode + 1; i < size; i++) mass[i] = ((mass[i - 1] as number) * mean) / (lowest + i);
  for (let i = mode; i > 0; i--) mass[i - 1] = ((mass[i] as number) * (lowest + i)) / mean;
  const total = mass.reduce((a, b) => a + b);
  const cumulative = new Float64Array(size);
  const guide = new Int32Array(size);
  let [sum, from] = [0, 0];
  for (let i = 0; i < size; i++) {
    sum += (mass[i] as number) / total;
    cumulative[i] = i === size - 1 ? 1 : sum;
    for (; from < size && from / size < (cumulative[i] as number); from++) guide[from] = i;
  }
  return { lowest, cumulative, guide };
}

/**
 * A draw from Poisson(mean): by a table where the same mean comes again and again, as in a simulation of steady traffic.
 *
 * Source: indexed search, Chen & Asau, AIIE Transactions 6 (1974) 163-166.
 */
export function drawSteadyPoisson(random: Generator, mean: number): number {
  let table = tables.get(mean);
  if (!table) {
    if (!(mean > 0) || kept > KEPT) return drawPoisson(random, mean);
    table = tableFor(mean);
    tables.set(mean, table);
    kept += 2 * table.cumulative.length;
  }
  const { lowest, cumulative, guide } = table;
  const u = random.uniform();
  let i = guide[Math.floor(u * guide.length)] as number;
  while ((cumulative[i] as number) < u) i++;
  return lowest + i;
}
