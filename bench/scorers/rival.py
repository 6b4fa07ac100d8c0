"""The packages that the scores are named after, on the inputs of inputs.json.

usage: python rival.py <inputs.json>
stdin:  the name of a scorer and how often it is run, tab between them, a line each
stdout: {"value": number, "seconds": [number, ...]} a line, processor seconds of each run
"""
import json
import sys
import time
import warnings

import sacrebleu
from rouge_chinese import Rouge
from rouge_score.rouge_scorer import RougeScorer
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error, precision_recall_fscore_support

warnings.simplefilter("ignore")
inputs = json.load(open(sys.argv[1], encoding="utf-8"))
pairs = lambda kind: (inputs[kind]["hypotheses"], inputs[kind]["references"])


def rouge(name, kind):
    def score():
        scorer = RougeScorer([name])
        return sum(scorer.score(reference, hypothesis)[name].fmeasure for hypothesis, reference in zip(*pairs(kind)))

    return score


def chinese():
    hypotheses, references = pairs("chinese")
    spaced = lambda texts: [" ".join(c for c in text if c.strip()) for text in texts]
    scores = Rouge().get_scores(spaced(hypotheses), spaced(references))
    return sum(score[kind]["f"] for score in scores for kind in ("rouge-1", "rouge-2", "rouge-l"))


def labels(metric):
    predicted, truth = pairs("labels")
    return metric(truth, predicted)


numbers = lambda metric: metric(inputs["truth"], inputs["probabilities"])
macro = lambda truth, predicted: sum(precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)[:3])
SCORERS = {
    "BLEU (sacrebleu)": lambda: sacrebleu.corpus_bleu(pairs("english")[0], [pairs("english")[1]], force=True).score,
    "BLEU zh (sacrebleu)": lambda: sacrebleu.corpus_bleu(pairs("chinese")[0], [pairs("chinese")[1]], tokenize="zh").score,
    "chrF (sacrebleu)": lambda: sacrebleu.corpus_chrf(pairs("english")[0], [pairs("english")[1]]).score,
    "chrF++ (sacrebleu)": lambda: sacrebleu.corpus_chrf(pairs("english")[0], [pairs("english")[1]], word_order=2).score,
    "ROUGE-1 (rouge_score)": rouge("rouge1", "english"),
    "ROUGE-2 (rouge_score)": rouge("rouge2", "english"),
    "ROUGE-L (rouge_score)": rouge("rougeL", "english"),
    "ROUGE-Lsum (rouge_score)": rouge("rougeLsum", "summaries"),
    "ROUGE-1, -2, -L of characters (rouge-chinese)": chinese,
    "accuracy (scikit-learn)": lambda: labels(accuracy_score),
    "precision, recall, F1, macro (scikit-learn)": lambda: labels(macro),
    "mean squared error (scikit-learn)": lambda: numbers(mean_squared_error),
    "mean absolute error (scikit-learn)": lambda: numbers(mean_absolute_error),
    "log loss (scikit-learn)": lambda: numbers(log_loss),
}

for line in sys.stdin:
    name, runs = line.rstrip("\n").split("\t")
    seconds = []
    for _ in range(int(runs)):
        began = time.process_time()
        value = SCORERS[name]()
        seconds.append(time.process_time() - began)
    print(json.dumps({"value": float(value), "seconds": seconds}), flush=True)
