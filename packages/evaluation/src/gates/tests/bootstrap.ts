/** The bootstrap's random numbers are fixed: the same data give the same decision. */
export const BOOTSTRAP = { seed: 20_250_405, resamples: 10_000 } as const;
