"""multivon-eval: suites that are run, their reports, and its own comparison of two of them."""
import contextlib
import io
import json
import os
import sys
import tempfile

from right_answers import sides

VERDICTS = {0: "approve", 1: "reject", 2: "undecided"}


class Reports:
    """One report for each set of right answers; a suite is run once for each."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.paths = {}

    def of(self, items, right):
        from multivon_eval import EvalCase, EvalSuite, ExactMatch

        key = (items, right.start, right.stop)
        if key not in self.paths:
            suite = EvalSuite("gate-error")
            names = [f"item {i}" for i in range(items)]
            suite.add_cases([EvalCase(input=name, expected_output="right", case_id=name) for name in names])
            suite.add_evaluators(ExactMatch())
            answers = {name: "right" if i in right else "wrong" for i, name in enumerate(names)}
            path = os.path.join(self.folder.name, f"{len(self.paths)}.json")
            with contextlib.redirect_stdout(io.StringIO()):
                suite.run(answers.__getitem__, verbose=False, workers=1, save_json=path)
            self.paths[key] = path
        return self.paths[key]


def compare():
    """`multivon-eval compare BASELINE CANDIDATE --fail-on-regression`, by its exit status."""
    from multivon_eval.compare_cli import _cli

    reports = Reports()

    def decide(outcome):
        baseline, candidate = sides(*outcome)
        argv = [reports.of(outcome[0], baseline), reports.of(outcome[0], candidate), "--fail-on-regression"]
        with contextlib.redirect_stdout(io.StringIO()):
            return VERDICTS[_cli(argv)]

    return decide


def action(checkout):
    """multivon-ai/eval-action from a checkout: its comparison and its gate, `fail-on: PR_FIX_THEN_MERGE`."""
    sys.path.insert(0, checkout)
    from src.compare import compare_reports
    from src.gate import classify_gate

    reports = Reports()

    def read(items, right):
        with open(reports.of(items, right), encoding="utf-8") as file:
            return json.load(file)

    def decide(outcome):
        baseline, candidate = (read(outcome[0], side) for side in sides(*outcome))
        gate = classify_gate(compare_reports(candidate, baseline), "", "PR_FIX_THEN_MERGE")
        return "reject" if gate.should_fail else "approve"

    return decide
