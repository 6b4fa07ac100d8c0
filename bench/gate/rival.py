"""The comparison as it is written with pandas and scipy: read both files, join, check that the items are the same, test.

usage: python rival.py decide <candidate.jsonl> <baseline.jsonl> <margin> [--engine pyarrow]
       python rival.py bootstrap <differences.f64> <resamples>
stdout: one JSON object
"""
import json
import sys
import time

import numpy as np
from scipy import stats


def decide(candidate, baseline, margin, engine):
    import pandas as pd

    read = lambda path: pd.read_json(path, lines=True, engine=engine)
    pairs = read(candidate).merge(read(baseline), on="id", how="outer", suffixes=("", "_baseline"), indicator=True)
    same = (pairs["_merge"] == "both").all()
    for column in ("input", "target"):
        same = same and (pairs[column] == pairs[column + "_baseline"]).all()
    difference = pairs["accuracy"].to_numpy() - pairs["accuracy_baseline"].to_numpy()
    holds = stats.ttest_1samp(difference, -margin, alternative="greater").pvalue
    violated = stats.ttest_1samp(difference, -margin, alternative="less").pvalue
    interval = stats.ttest_1samp(difference, 0).confidence_interval(0.9)
    decision = "approve" if same and holds <= 0.05 else "reject" if same and violated <= 0.05 else "undecided"
    return {"decision": decision, "n": len(pairs), "estimate": difference.mean(), "interval": [interval.low, interval.high]}


def bootstrap(path, resamples):
    values = np.fromfile(path)
    began = time.perf_counter()
    # resampled in batches: all at once would take 8 GB
    result = stats.bootstrap((values,), np.mean, n_resamples=resamples, batch=100, confidence_level=0.9, method="BCa", rng=1)
    interval = result.confidence_interval
    return {"n": len(values), "estimate": values.mean(), "interval": [interval.low, interval.high], "seconds": time.perf_counter() - began}


asked = sys.argv[1:]
engine = asked[asked.index("--engine") + 1] if "--engine" in asked else "ujson"
if asked[0] == "decide":
    answer = decide(asked[1], asked[2], float(asked[3]), engine)
else:
    answer = bootstrap(asked[1], int(asked[2]))
json.dump(answer, sys.stdout, default=float)
