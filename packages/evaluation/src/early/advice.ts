import type { GateReport } from '../gates/outcome.ts';

/** From so many times the items that the fixed test needs on, looking at any time is cheaper than ten planned looks. */
const MANY = 3;

/**
 * Which way of stopping early would fit the data set at hand, as a sentence; null where no gate can be stopped early. By
 * simulation (`bench/early-stop`) an unchanged model uses 79 % of the items with ten looks and 83 % at any look where the data
 * are just enough, 47 and 37 % where they are four times that.
 */
export function stopAdvice(report: GateReport): string | null {
  const ratios = report.gates.flatMap(({ n, power, threshold, baseline }) => {
    const provable = power?.provable;
    return baseline !== null && provable && threshold !== 0
      ? [{ n, ratio: (Math.abs(threshold) / provable) ** 2 }]
      : [];
  });
  if (ratios.length === 0) return null;
  const least = Math.min(...ratios.map(({ ratio }) => ratio));
  const times = `${least.toPrecision(2)} times the items that the fixed test needs`;
  if (least < 0.8)
    return `The data set holds ${times}: evaluate all of it, stopping early would only lose power.`;
  const method = least >= MANY ? 'when-decided' : 'planned-looks';
  return `The data set holds ${times}: \`stop: ${method}\` would evaluate fewer items.`;
}
