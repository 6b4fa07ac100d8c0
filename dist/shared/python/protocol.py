"""What a program and the action that started it say to each other.

In: one JSON file (``--config``). Out: one JSON object a line on stdout while it works, each with ``event``, and one
JSON file (``--result``) at the end, written whole or not at all. What the user can mend ends with status 2 and the
event ``invalid``; anything else that fails is a traceback and status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Invalid(Exception):
    """Something the user can mend: the message says what was found and what is allowed."""


def emit(event: str, **fields: Any) -> None:
    """Says one thing to the action."""
    print(json.dumps({"event": event, **fields}, allow_nan=False), flush=True)


def main(work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Runs ``work(config)`` and writes what it returns as the result file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True, type=Path)
    parser.add_argument("--result", required=True, type=Path)
    arguments = parser.parse_args()
    stay_offline()
    share_cores()
    config = json.loads(arguments.config.read_text("utf-8"))
    try:
        result = work(config)
    except Invalid as problem:
        emit("invalid", message=str(problem))
        sys.exit(2)
    write_whole(arguments.result, json.dumps(result, allow_nan=False, indent=2) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that a reader sees all of it or nothing."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, "utf-8")
    os.replace(draft, path)


def stay_offline() -> None:
    """No library may ask a hub: what is not on this machine is an error, never a download."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[name] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def share_cores() -> None:
    """Threads that wait give their core away: spinning ones make a busy machine many times slower."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
