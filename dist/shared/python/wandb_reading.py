"""What W&B's server knows of runs. It cannot be asked offline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import wandb

STATUS = {"finished": "FINISHED", "failed": "FAILED", "crashed": "FAILED", "killed": "KILLED"}


def stored(path: str, run_id: str) -> dict[str, Any] | None:
    """The run as the server has it; none where it has none."""
    try:
        return described(wandb.Api().run(f"{path}/{run_id}"))
    except (ValueError, wandb.errors.CommError) as problem:
        if "could not find" in str(problem).lower():
            return None
        raise


def found(path: str, tags: dict[str, str], group: str, limit: int) -> list[dict[str, Any]]:
    """Runs of a group with all these tags, newest first."""
    filters = {"group": group, **{f"config.{key}.value": value for key, value in tags.items()}}
    runs = wandb.Api().runs(path, filters=filters, order="-created_at", per_page=limit, lazy=False)
    return [described(run) for run, _ in zip(runs, range(limit))]


def described(run: Any) -> dict[str, Any]:
    config = {key: value for key, value in run.config.items() if isinstance(value, (str, int, float, bool))}
    began = datetime.fromisoformat(run.created_at.replace("Z", "+00:00"))
    return {
        "runId": run.id,
        "name": run.name,
        "experiment": run.group or "",
        "status": STATUS.get(run.state, "RUNNING"),
        "startedAt": int(began.timestamp() * 1000),
        "params": {key: text(value) for key, value in config.items() if not key.startswith("tag/")},
        "tags": {key[4:].replace("/", "."): text(value) for key, value in config.items() if key.startswith("tag/")},
        "metrics": {
            key: value
            for key, value in run.summary.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool) and not key.startswith("_")
        },
    }


def text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
