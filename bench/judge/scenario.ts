import { drawBeta, drawBinomial, drawGeometric, type Generator } from '@sluice/statistics';

/** The plan of the documents, in minutes. */
export const PLAN = '1@1h,5@2h,25@2h,100@24h';
export const PLAN_MINUTES = 1740;
/** 18 hours into the last soak. */
export const LATE = 300 + 18 * 60;
export const ERRORS = 0.002;
const BURST_ERRORS = 0.08;
const BURST_PART = 0.02;
export const P99 = 2000;
export const SIGMA = 0.8;
const DAY = 1440;

/** Error shares a minute of one version; longer than the plan, since a rollout may hold. */
export type Series = Float64Array;

export interface Users {
  /** Position of each user with errors of its own in the order in which a weight reaches them, 0 to 1. */
  readonly bad: readonly number[];
  readonly count: number;
}

/** One drawn world: what both versions do, minute by minute, and the live version's week before. */
export interface World {
  readonly history: Series;
  readonly live: Series;
  readonly candidate: Series;
  /** Requests of both, relative to the mean. */
  readonly load: (t: number) => number;
  readonly latencyTimes: (t: number) => number;
  readonly invalid: (t: number) => number;
  readonly users?: Users;
}

export interface Scenario {
  readonly name: string;
  /** Minute at which the candidate's fault begins; absent: nothing is wrong with it. */
  readonly fault?: number;
  /** What its errors become, for Wald's bound. */
  readonly errors?: number;
  /** Latency and invalid answers are drawn too. */
  readonly wide?: boolean;
  readonly draw: (random: Generator, rate: number) => World;
}

const WEEK = 7 * DAY;
const LENGTH = Math.ceil(1.3 * PLAN_MINUTES);
const flat = (length: number, share = ERRORS): Series => new Float64Array(length).fill(share);

type Law = (random: Generator, length: number) => Series;

const independent: Law = (_, length) => flat(length);

/** Each minute has a rate of its own, beta-distributed with this intra-class correlation. */
const overdispersed =
  (rho: number): Law =>
  (random, length) => {
    const [a, b] = [ERRORS * (1 / rho - 1), (1 - ERRORS) * (1 / rho - 1)];
    return Float64Array.from({ length }, () => drawBeta(random, a, b));
  };

/** 8 % errors for `minutes`, 2 % of the time. */
const bursts =
  (minutes: number, geometric = false): Law =>
  (random, length) => {
    const series = flat(length);
    const begins = BURST_PART / minutes / (1 - BURST_PART);
    for (let t = 0; t < length; t++) {
      if (random.uniform() >= begins) continue;
      const lasts = geometric ? drawGeometric(random, 1 / minutes) : minutes;
      series.fill(BURST_ERRORS, t, Math.min(length, t + lasts));
      t += lasts;
    }
    return series;
  };

const steady = { load: () => 1, latencyTimes: () => 1, invalid: () => 0.001 };

function world(law: Law, change: (live: Series, candidate: Series, random: Generator) => void = () => {}) {
  return (random: Generator): World => {
    const [history, live, candidate] = [law(random, WEEK), law(random, LENGTH), law(random, LENGTH)];
    change(live, candidate, random);
    return { history, live, candidate, ...steady };
  };
}

/** What follows the hour of the day, given as an angle. */
const ofDay =
  (f: (angle: number) => number) =>
  (t: number): number =>
    f((2 * Math.PI * (((t % DAY) + DAY) % DAY)) / DAY);

const scale = (series: Series, times: number, from = 0, to = series.length) => {
  for (let t = from; t < to; t++) series[t] = Math.min(1, (series[t] as number) * times);
};

/** .5 % of the users fail 20 % of their requests, the others .1 %; a user sends a request every 5 minutes. */
function stickyWorld(random: Generator, rate: number): World {
  const count = Math.round(rate * 300);
  const bad = Array.from({ length: drawBinomial(random, count, 0.005) }, () => random.uniform());
  const mean = 0.001 + (0.199 * bad.length) / count;
  return {
    history: flat(WEEK, mean),
    live: flat(LENGTH, mean),
    candidate: flat(LENGTH, mean),
    ...steady,
    users: { bad, count },
  };
}

const fault = (name: string, errors: number, from: number, law: Law = independent): Scenario => ({
  name,
  fault: from,
  errors,
  draw: world(law, (_, candidate) => {
    for (let t = from; t < candidate.length; t++) candidate[t] = Math.max(errors, candidate[t] as number);
  }),
});

const wide = (name: string, change: Partial<World>): Scenario => ({
  name,
  wide: true,
  ...(name.startsWith('no change') ? {} : { fault: 0 }),
  draw: (random) => ({ ...world(independent)(random), ...change }),
});

/** Ends the name of a scenario in which all default guards have figures. */
export const ALL_GUARDS = ', all guards';

/** Nothing is wrong with the candidate. */
export const NULLS: readonly Scenario[] = [
  { name: 'independent', draw: world(independent) },
  { name: 'rho .05', draw: world(overdispersed(0.05)) },
  ...[1, 5, 10, 20].map((d) => ({ name: `bursts of ${d}`, draw: world(bursts(d)) })),
  { name: 'bursts, geometric 5', draw: world(bursts(5, true)) },
  {
    name: 'both at 3x',
    draw: world(independent, (live, candidate) => {
      scale(live, 3);
      scale(candidate, 3);
    }),
  },
  {
    name: 'shared incident',
    draw: world(independent, (live, candidate, random) => {
      const at = random.below(PLAN_MINUTES - 20);
      scale(live, 20, at, at + 20);
      scale(candidate, 20, at, at + 20);
    }),
  },
  {
    name: 'diurnal load',
    draw: (random) => ({
      ...world(independent)(random),
      load: ofDay((t) => 1 + 0.8 * Math.sin(t)),
    }),
  },
  {
    name: 'diurnal load and errors',
    draw: (random) => {
      const load = ofDay((t) => 1 + 0.8 * Math.sin(t));
      const errors = ofDay((t) => ERRORS * (1 + 0.8 * Math.sin(t)));
      const week = Float64Array.from({ length: WEEK }, (_, i) => errors(i - WEEK));
      const now = Float64Array.from({ length: LENGTH }, (_, i) => errors(i));
      return { ...world(independent)(random), history: week, live: now, candidate: now, load };
    },
  },
  { name: 'users of their own', draw: stickyWorld },
  wide(`no change${ALL_GUARDS}`, {}),
];

const percent = (share: number) => `${100 * share} %`;
const SHARES = [0.005, 0.01, 0.02, 0.03, 0.1, 0.5];

export const FAULTS: readonly Scenario[] = [
  ...SHARES.map((p) => fault(`errors ${percent(p)} from the start`, p, 0)),
  ...SHARES.slice(2).map((p) => fault(`errors ${percent(p)} from minute 200`, p, 200)),
  ...SHARES.slice(2).map((p) => fault(`errors ${percent(p)} 18 h into the soak`, p, LATE)),
  ...[5, 20].flatMap((d) =>
    [0.03, 0.1].map((p) => fault(`errors ${percent(p)}, bursts of ${d}`, p, 0, bursts(d))),
  ),
  // as above, with histograms and invalid answers beside the errors: alpha is shared
  ...[0.01, 0.03, 0.1].map((p) => ({
    ...fault(`errors ${percent(p)} from the start${ALL_GUARDS}`, p, 0),
    wide: true,
  })),
  ...[1.3, 2, 4].map((times) => wide(`latency x${times}`, { latencyTimes: () => times })),
  wide('invalid 2 %', { invalid: () => 0.02 }),
];
