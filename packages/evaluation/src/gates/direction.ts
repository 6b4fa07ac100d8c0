import { UserError } from '@sluice/contract';
import type { GateSpec } from './document.ts';

const HIGHER =
  /^(acc(uracy)?(_norm)?|em|exact_match|(macro_|micro_)?f1|precision|recall|bleu(-?\d)?|chrf(\+\+)?|rouge\w*|rouge-.*|score|mean_score|helpfulness|correct(ness)?|pass(ed|_rate|@\d+)?|success|reward|win_rate|mcc|auc|similarity|faithfulness|relevancy?)$/i;
const LOWER =
  /^((eval_)?loss|log_?loss|nll|perplexity|(word_|byte_)?ppl|word_perplexity|byte_perplexity|bits_per_byte|mse|rmse|mae|wer|cer|ter|toxicity|bias|hallucination|error(s|_rate)?|latency.*|.*_ms|.*_seconds|memory.*|ttft.*|tpot.*)$/i;

/** 1 where a higher figure is better, -1 where a lower one is. @throws UserError when nothing says which */
export function directionOf(gate: GateSpec, metric: string, fromEvaluator: boolean | null): 1 | -1 {
  if (gate.better) return gate.better === 'higher' ? 1 : -1;
  if (fromEvaluator !== null) return fromEvaluator ? 1 : -1;
  if (HIGHER.test(metric)) return 1;
  if (LOWER.test(metric)) return -1;
  throw new UserError(
    `gate on "${gate.metric}": neither the results nor the metric's name say whether higher is better; write \`better: higher\` or \`better: lower\``,
  );
}
