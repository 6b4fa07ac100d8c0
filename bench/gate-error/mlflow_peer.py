"""MLflow: runs with traces and feedback in a local SQLite store, and `mlflow.genai.compare_evaluations` of two of them."""
import os
import tempfile

from right_answers import sides

SCORER = "correct"
LINKED_AT_ONCE = 100


class Runs:
    """Evaluation runs over traces of right and wrong answers, two an item, that MLflow links to as many runs as ask for them."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"
        import mlflow

        mlflow.set_tracking_uri(f"sqlite:///{self.folder.name}/mlflow.db")
        mlflow.set_experiment("gate-error")
        self.mlflow = mlflow
        self.traces = {}
        self.runs = {}

    def trace(self, item, right):
        if (item, right) not in self.traces:
            with self.mlflow.start_span("answer") as span:
                span.set_inputs({"item": item})
            self.mlflow.log_feedback(trace_id=span.trace_id, name=SCORER, value=right)
            self.traces[item, right] = span.trace_id
        return self.traces[item, right]

    def of(self, side, items, right):
        key = (side, items, right.start, right.stop)  # a run is never compared with itself
        if key not in self.runs:
            traces = [self.trace(i, i in right) for i in range(items)]
            client = self.mlflow.MlflowClient()
            with self.mlflow.start_run() as run:
                for start in range(0, items, LINKED_AT_ONCE):
                    client.link_traces_to_run(traces[start : start + LINKED_AT_ONCE], run.info.run_id)
            self.runs[key] = run.info.run_id
        return self.runs[key]


def comparison(judge):
    runs = Runs()

    def decide(outcome):
        items = outcome[0]
        baseline, candidate = sides(*outcome)
        result = runs.mlflow.genai.compare_evaluations(
            candidate_run_id=runs.of("candidate", items, candidate),
            baseline_run_id=runs.of("baseline", items, baseline),
        )
        assert result.scorers[SCORER].n_paired == items
        return judge(result)

    return decide


def better():
    """`assert_improved`, as it comes."""

    def judge(result):
        try:
            result.assert_improved()
        except AssertionError:
            return "reject"
        return "approve"

    return comparison(judge)


def not_worse(margin):
    """The interval that it gives (95 %, BCa) against the margin: it has no margin of its own."""

    def judge(result):
        shown = result.scorers[SCORER]
        if shown.ci_low >= -margin:
            return "approve"
        return "reject" if shown.ci_high < -margin else "undecided"

    return comparison(judge)
