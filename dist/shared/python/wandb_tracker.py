"""Writes runs, their figures and model versions to Weights & Biases, for an action that asks.

In: one JSON request a line on stdin, with ``id`` and ``op``. Out: one JSON answer a line on stdout with the same
``id``: its fields, or ``invalid`` (what the user can mend) or ``failed`` (what W&B said). At the end of stdin every run that is
open is ended and what W&B still holds is written.
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import wandb
from wandb_models import Models
from wandb_project import Project
from wandb_reading import found, stored

# W&B counts its own steps; a training's step is a figure beside the others, which charts are drawn over.
STEP = "sluice/step"
# How a run ended, as the exit status of its program.
STATUS = {"FINISHED": 0, "FAILED": 1, "KILLED": 143}


class Tracker:
    """What is asked of the runs of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.defined: set[tuple[str, str]] = set()
        self.models = Models(project)

    def start(self, run_id: str, name: str | None, group: str, tags: dict[str, str]) -> dict[str, Any]:
        run = self.project.run(run_id, name=name, group=group, job_type=tags.get("sluice.step"))
        self.tags(run_id, tags)
        return {"url": run.url, "name": run.name}

    def page(self, run_id: str) -> dict[str, Any]:
        return {"url": self.project.run(run_id).url}

    def params(self, run_id: str, params: dict[str, Any]) -> dict[str, Any]:
        self.project.run(run_id).config.update(params, allow_val_change=True)
        return {}

    def tags(self, run_id: str, tags: dict[str, str]) -> dict[str, Any]:
        config = {tag_key(key): value for key, value in tags.items()}
        self.project.run(run_id).config.update(config, allow_val_change=True)
        return {}

    def metrics(self, run_id: str, metrics: list[dict[str, Any]]) -> dict[str, Any]:
        run = self.project.run(run_id)
        steps: dict[int, dict[str, float]] = {}
        for metric in metrics:
            steps.setdefault(metric["step"], {})[metric["key"]] = number(metric["value"])
        for step, values in steps.items():
            for key in values:
                if (run_id, key) not in self.defined:
                    self.defined.add((run_id, key))
                    run.define_metric(key, step_metric=STEP)
            run.log({**values, STEP: step})
        return {}

    def finish(self, run_id: str, status: str) -> dict[str, Any]:
        run = self.project.run(run_id)
        self.models.flush(run_id)
        run.finish(exit_code=STATUS[status])
        del self.project.runs[run_id]
        return {}

    def get(self, run_id: str) -> dict[str, Any]:
        return {"run": stored(self.project.path, run_id)}

    def find(self, tags: dict[str, str], group: str, limit: int) -> dict[str, Any]:
        return {"runs": found(self.project.path, {tag_key(key): value for key, value in tags.items()}, group, limit)}

    def close(self) -> None:
        runs = self.project.runs
        for run_id in list(runs):
            self.models.flush(run_id)
            runs.pop(run_id).finish()


def tag_key(key: str) -> str:
    """W&B's filters read a dot as a step into a map."""
    return "tag/" + key.replace(".", "/")


def number(value: float | str) -> float:
    """JSON has no NaN: figures that are none come as words."""
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(str(value)) or float(value)


def answer(tracker: Tracker, request: dict[str, Any]) -> dict[str, Any]:
    asked = {key: value for key, value in request.items() if key not in ("id", "op")}
    models = tracker.models
    work = {
        **{name: getattr(tracker, name) for name in ("start", "page", "params", "tags", "metrics", "finish", "get", "find")},
        **{name: getattr(models, name) for name in ("log", "versions", "alias", "unalias", "describe")},
    }[request["op"]]
    try:
        return work(**asked)
    except wandb.errors.AuthenticationError as problem:
        return {"invalid": f"W&B refused the key: {problem}"}
    except wandb.errors.UsageError as problem:
        return {"invalid": str(problem)}
    except Exception as problem:  # the action says which request it was
        return {"failed": f"{type(problem).__name__}: {problem}"}


def main() -> None:
    settings = json.loads(sys.argv[1])
    Path(settings["folder"]).mkdir(parents=True, exist_ok=True)
    # what libraries print is no answer
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    tracker = Tracker(Project(**settings))
    for line in sys.stdin:
        request = json.loads(line)
        fields = answer(tracker, request)
        print(json.dumps({**fields, "id": request["id"]}), file=answers, flush=True)
    tracker.close()


if __name__ == "__main__":
    main()
