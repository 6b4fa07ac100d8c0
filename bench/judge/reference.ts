import { ALL_GUARDS } from './scenario.ts';

/**
 * Medians, in minutes, of a simple reference judge calibrated on the baseline's past (ranks and the swap-symmetric comparison, alpha .25 % each, errors
 * alone, holdback 5 %), at 1, 10 and 100 requests/s; a gap: fewer than half were found, or it was not run. Measured with a numpy sketch, 600 runs a cell.
 */
export const REFERENCE_MEDIANS: Readonly<Record<string, readonly (number | undefined)[]>> = {
  'errors 0.5 % from the start': [undefined, 212, 79],
  'errors 1 % from the start': [280, 114, 30],
  'errors 2 % from the start': [200, 72, 8],
  'errors 3 % from the start': [154, 46, 5],
  'errors 10 % from the start': [68, 8, 2],
  'errors 50 % from the start': [10, 4, 2],
  'errors 2 % from minute 200': [54, 10, 3],
  'errors 3 % from minute 200': [34, 6, 3],
  'errors 10 % from minute 200': [10, 6, 3],
  'errors 50 % from minute 200': [6, 6, 3],
  'errors 2 % 18 h into the soak': [238, 20, 5],
  'errors 3 % 18 h into the soak': [102, 12, 4],
  'errors 10 % 18 h into the soak': [30, 6, 3],
  'errors 50 % 18 h into the soak': [6, 6, 3],
  'errors 3 %, bursts of 5': [undefined, 70, undefined],
  'errors 10 %, bursts of 5': [undefined, 30, undefined],
  'errors 3 %, bursts of 20': [undefined, 240, undefined],
  'errors 10 %, bursts of 20': [undefined, 80, undefined],
};

export const RATES = [1, 10, 100] as const;

export const referenceMedian = (scenario: string, rate: number): number | undefined =>
  REFERENCE_MEDIANS[scenario.replace(ALL_GUARDS, '')]?.[(RATES as readonly number[]).indexOf(rate)];
