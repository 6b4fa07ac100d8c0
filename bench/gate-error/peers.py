"""What published gates say about paired 0/1 outcomes: the programs themselves, asked through their Python interface.

stdin:  {"peer": NAME, "margin": m, "checkout": FOLDER, "outcomes": [[items, gains, losses, both_right], ...]}
stdout: a JSON list of "approve" | "reject" | "undecided", one an outcome
"""
import json
import sys

RESAMPLES = 1000


def scores(items, gains, losses, both_right):
    """Candidate and baseline, item by item."""
    wrong = items - gains - losses - both_right
    candidate = [1.0] * gains + [0.0] * losses + [1.0] * both_right + [0.0] * wrong
    baseline = [0.0] * gains + [1.0] * losses + [1.0] * both_right + [0.0] * wrong
    return candidate, baseline


def statgate(margin):
    from statgate.config import GateSettings
    from statgate.records import EvalRecord
    from statgate.verdict import evaluate_gate

    settings = GateSettings(margin=margin, resamples=RESAMPLES, permutations=RESAMPLES, seed=1)
    words = {"SHIP": "approve", "BLOCK": "reject", "INCONCLUSIVE": "undecided"}

    def decide(outcome):
        candidate, baseline = scores(*outcome)
        records = lambda side: [EvalRecord(case_id=str(i), score=x) for i, x in enumerate(side)]
        return words[evaluate_gate(records(baseline), records(candidate), settings).verdict.value]

    return decide


def evalsig(margin):
    from evalsig.compare.gate import gate
    from evalsig.types import ItemResult, RunFrame

    words = {"ALLOW": "approve", "REJECT": "reject", "INCONCLUSIVE": "undecided"}

    def frame(name, side):
        items = [ItemResult(item_id=str(i), score=x) for i, x in enumerate(side)]
        return RunFrame(run_id=name, model_id=name, task_id="t", metric_name="acc", items=items)

    def decide(outcome):
        candidate, baseline = scores(*outcome)
        least = margin or 0.5 / len(baseline)  # it divides by this: half an item stands for any gain
        report = gate(frame("a", baseline), frame("b", candidate), min_delta=least, n_resamples=RESAMPLES)
        return words[report.verdict.value]

    return decide


def deltagate(_):
    from deltagate import evaluate_comparison

    def decide(outcome):
        candidate, baseline = scores(*outcome)
        report = evaluate_comparison(candidate, baseline, n_boot=RESAMPLES)
        if not report.significant:
            return "undecided"
        return "approve" if report.delta > 0 else "reject"

    return decide


def mlflow_better(_):
    import mlflow_peer

    return mlflow_peer.better()


def mlflow_interval(margin):
    import mlflow_peer

    return mlflow_peer.not_worse(margin)


def multivon(_):
    import multivon_peer

    return multivon_peer.compare()


def multivon_action(_):
    import multivon_peer

    return multivon_peer.action(asked["checkout"])


def tfma(margin):
    import tfma_peer

    # its answers come from one pipeline over all outcomes
    decisions = iter(tfma_peer.validate(margin, scores, asked["outcomes"]))
    return lambda outcome: next(decisions)


PEERS = {
    "statgate": statgate,
    "evalsig": evalsig,
    "deltagate": deltagate,
    "mlflow": mlflow_better,
    "mlflow-interval": mlflow_interval,
    "tfma": tfma,
    "multivon": multivon,
    "multivon-action": multivon_action,
}

asked = json.load(sys.stdin)
decide = PEERS[asked["peer"]](asked["margin"])
json.dump([decide(outcome) for outcome in asked["outcomes"]], sys.stdout)
