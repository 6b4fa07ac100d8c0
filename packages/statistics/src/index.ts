export type { KappaEstimate, KappaWeights } from './agreement/cohen-kappa.ts';
export { cohenKappa, kappaInterval } from './agreement/cohen-kappa.ts';
export type { AlphaEstimate, AlphaMetric } from './agreement/krippendorff-alpha.ts';
export { alphaInterval, krippendorffAlpha } from './agreement/krippendorff-alpha.ts';
export {
  clopperPearsonInterval,
  clopperPearsonLower,
  clopperPearsonUpper,
  shareAboveLimit,
  shareBelowLimit,
} from './binomial/clopper-pearson.ts';
export { discordanceUpperBound } from './binomial/discordance.ts';
export type { Rate } from './binomial/rate-ratio.ts';
export { rateRatioUpper } from './binomial/rate-ratio.ts';
export { wilsonInterval } from './binomial/wilson.ts';
export type { BcaInterval } from './bootstrap/bca.ts';
export { acceleration, bcaInterval, percentile } from './bootstrap/bca.ts';
export type { BootstrapOptions } from './bootstrap/bootstrap.ts';
export { bootstrapClusteredMean, bootstrapMean, bootstrapStatistic } from './bootstrap/bootstrap.ts';
export { betaCdf, betaQuantile, betaSurvival } from './distributions/beta.ts';
export { binomialCdf, binomialMass, binomialTail } from './distributions/binomial.ts';
export { fisherCdf, fisherQuantile } from './distributions/fisher.ts';
export { lnBeta, lnChoose, lnGamma } from './distributions/gamma.ts';
export { noncentralStudentSurvival } from './distributions/noncentral-student.ts';
export { normalCdf, normalDensity, normalQuantile, normalSurvival } from './distributions/normal.ts';
export { poissonCdf, poissonMass, poissonTail } from './distributions/poisson.ts';
export { studentCdf, studentQuantile, studentSurvival } from './distributions/student.ts';
export type { JointPower } from './families/joint-power.ts';
export { jointPower, powerPerGate } from './families/joint-power.ts';
export { benjaminiHochberg, holm } from './families/step-wise.ts';
export type { ClusterBetting } from './means/cluster-betting.ts';
export { clusterBetting } from './means/cluster-betting.ts';
export type { ClusterEstimator, ClusteredMean } from './means/clustered.ts';
export { clusteredMean, FEWEST_CLUSTERS } from './means/clustered.ts';
export type { ClusterSums } from './means/clusters.ts';
export { clusterSums } from './means/clusters.ts';
export type { EquivalenceResult, MeanEstimate } from './means/estimate.ts';
export { tInterval, tost, tTest } from './means/estimate.ts';
export { differences, sampleMean } from './means/one-sample.ts';
export type { RepeatsVariance } from './means/repeats.ts';
export { bestRepeats, repeatsVariance } from './means/repeats.ts';
export { welch } from './means/welch.ts';
export type { PairedCounts } from './paired/counts.ts';
export { countPairs, pairedDifference } from './paired/counts.ts';
export { mcnemarExact, mcnemarMidP, mcnemarSuperiority } from './paired/mcnemar.ts';
export type { PairedTable } from './paired/newcombe.ts';
export { newcombePairedInterval } from './paired/newcombe.ts';
export { tangoInterval, tangoNonInferiority, tangoStatistic } from './paired/tango.ts';
export {
  provableMargin,
  tangoExactAbove,
  tangoExactLowerBound,
  tangoExactNonInferiority,
  tangoExactUpperBound,
  tangoPower,
  tangoSize,
} from './paired/tango-exact.ts';
export { itemsToProveLimit, limitPower } from './power/limits.ts';
export { detectableMean, itemsForMean, pairedRepeatsVariance, tTestPower } from './power/means.ts';
export {
  detectableDifference,
  itemsForDifference,
  itemsForMargin,
  marginFor,
  nonInferiorityPower,
} from './power/paired-shares.ts';
export { planQuantiles, type TestPlan } from './power/plan.ts';
export {
  drawBeta,
  drawBinomial,
  drawGamma,
  drawGeometric,
  drawHypergeometric,
  drawNormal,
  drawPoisson,
  permutation,
} from './random/draws.ts';
export type { GeneratorState } from './random/generator.ts';
export { Generator } from './random/generator.ts';
export type { Alternative, Interval, TestResult, Undecided, UndecidedReason } from './result.ts';
export type { Arm } from './sequential/block.ts';
export type { DifferenceState, DifferenceUnit } from './sequential/bounded-difference.ts';
export { differenceEvidence, differenceState, stepDifference } from './sequential/bounded-difference.ts';
export { conditionalFactors, ODDS_RATIOS } from './sequential/conditional-binomial.ts';
export type { MeanSequence } from './sequential/confidence-sequence.ts';
export { meanInterval, meanSequence, stepMeanSequence } from './sequential/confidence-sequence.ts';
export { logMean, logSum } from './sequential/log-sum.ts';
export { overshootBoost } from './sequential/overshoot.ts';
export type { Bets, PairedEvidence } from './sequential/paired-betting.ts';
export { evenBets, likelyBets, pairedEvidence } from './sequential/paired-betting.ts';
export {
  crossingProbabilities,
  equalLooks,
  lanDeMetsBounds,
  obrienFlemingSpending,
  plannedLook,
} from './sequential/planned-looks.ts';
export type { BlockHistory, RankBet, RankPValue } from './sequential/rank.ts';
export { blockHistory, RANK_BETS, rankFactors, rankPValue } from './sequential/rank.ts';
export { aboveLimitFactors, belowLimitFactors, LIMIT_STAKES } from './sequential/share-limit.ts';
export type { StartTimes } from './sequential/start-times.ts';
export { startTimes, startTimesEvidence, stepStartTimes } from './sequential/start-times.ts';
export { SWAP_STAKES, swapContrast, swapFactors } from './sequential/swap-symmetric.ts';
