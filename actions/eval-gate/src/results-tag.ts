/** The tag of a registered version that names its results. */
export const RESULTS_TAG = 'sluice.results';
