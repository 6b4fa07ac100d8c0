"""Reads and checks the conversations that the model is trained on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Turn:
    role: str
    content: str


def read(path: Path) -> Iterator[list[Turn]]:
    """Every conversation of a JSONL file; a line that is none is named."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            messages = json.loads(line)["messages"]
            yield [Turn(message["role"], message["content"]) for message in messages]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number} is no conversation: {error}") from error


def ends_with_answer(turns: list[Turn]) -> bool:
    return bool(turns) and turns[-1].role == "assistant" and turns[-1].content.strip() != ""
