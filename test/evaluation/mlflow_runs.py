"""Logs evaluations as MLflow's own functions do and prints their run ids as JSON on the last line.

usage: python mlflow_runs.py <tracking uri> <folder of results> [metrics-only]
"""

import json
import sys

import mlflow
import pandas as pd
from mlflow.genai.scorers import scorer
from mlflow.metrics import MetricValue, make_metric

QUESTIONS = [f"What is {i} plus {i}?" for i in range(40)]
ANSWERS = [str(2 * i) for i in range(40)]


def said(wrong):
    return ["?" if i < wrong else answer for i, answer in enumerate(ANSWERS)]


def right(predictions, targets, metrics=None):
    scores = [float(p == t) for p, t in zip(predictions, targets)]
    return MetricValue(scores=scores, aggregate_results={"mean": sum(scores) / len(scores)})


def log_metrics():
    with mlflow.start_run(run_name="figures") as run:
        for step, value in enumerate([0.2, 0.9, 0.8]):
            mlflow.log_metric("eval/accuracy", value, step=step)
        mlflow.log_metric("toxicity", float("nan"))
        mlflow.log_metric("system/cpu", 50)
        return run.info.run_id


def log_table(wrong):
    with mlflow.start_run(run_name="table") as run:
        data = pd.DataFrame({"inputs": QUESTIONS, "predictions": said(wrong), "targets": ANSWERS})
        metric = make_metric(eval_fn=right, greater_is_better=True, name="right")
        mlflow.models.evaluate(data=data, predictions="predictions", targets="targets", extra_metrics=[metric], evaluators="default")
        return run.info.run_id


def log_genai(wrong):
    @scorer
    def correct(outputs, expectations):
        return outputs == expectations["answer"]

    @scorer
    def polite(outputs):
        if outputs == "58":
            raise ValueError("the judge did not answer")
        return "yes"

    rows = [{"inputs": {"question": q}, "outputs": o, "expectations": {"answer": a}} for q, o, a in zip(QUESTIONS, said(wrong), ANSWERS)]
    with mlflow.start_run(run_name="genai") as run:
        mlflow.genai.evaluate(data=rows, scorers=[correct, polite])
        return run.info.run_id


def log_files(folder):
    with mlflow.start_run(run_name="files") as run:
        mlflow.log_artifacts(folder, "results")
        return run.info.run_id


if __name__ == "__main__":
    mlflow.set_tracking_uri(sys.argv[1])
    mlflow.set_experiment("evaluations")
    if len(sys.argv) > 3:
        print(json.dumps({"figures": log_metrics()}))
    else:
        runs = {"figures": log_metrics(), "table": log_table(2), "worse": log_table(30)}
        runs |= {"genai": log_genai(1), "genai worse": log_genai(30), "files": log_files(sys.argv[2])}
        print(json.dumps(runs))
