"""Reads training data: one conversation a line, as Alpaca or as chat messages (JSONL, UTF-8).

Alpaca: ``{"instruction": str, "input"?: str, "output": str}``.
Chat: ``{"messages": [{"role": "system" | "user" | "assistant", "content": str}, …]}``, the last one the assistant's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protocol import Invalid

ROLES = ("system", "user", "assistant")
SHOWN = 10


@dataclass(frozen=True)
class Conversation:
    line: int
    """Number of its line in the file, from 1."""
    messages: list[dict[str, str]]


class Broken(Exception):
    """One field of one line is not what it must be."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"field '{field}' {problem}" if field else problem)


def read_conversations(path: str) -> list[Conversation]:
    """All conversations of a file; every broken line is reported together, with its number and field."""
    file = Path(path)
    if not file.is_file():
        raise Invalid(f"The dataset '{path}' is no file on this machine. Give a JSONL file.")
    conversations: list[Conversation] = []
    broken: list[str] = []
    for number, raw in enumerate(file.read_bytes().split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            conversations.append(Conversation(number, messages_of(parse(raw))))
        except Broken as problem:
            broken.append(f"line {number}: {problem}")
    if broken:
        more = f"\n… and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        lines = "line is" if len(broken) == 1 else "lines are"
        raise Invalid(
            f"The dataset '{path}' cannot be used: {len(broken)} {lines} broken.\n" + "\n".join(broken[:SHOWN]) + more
        )
    if not conversations:
        raise Invalid(f"The dataset '{path}' is empty.")
    return conversations


def parse(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Broken("", f"is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise Broken("", f"is not JSON: {error.msg} at column {error.colno}") from None
    if isinstance(value, list):
        raise Broken("", "is a JSON list; write one object a line (JSONL)")
    if not isinstance(value, dict):
        raise Broken("", f"is {kind(value)}; an object is needed")
    return value


def messages_of(row: dict[str, Any]) -> list[dict[str, str]]:
    if "messages" in row:
        return chat_messages(row["messages"])
    if "instruction" in row or "output" in row:
        return alpaca_messages(row)
    found = ", ".join(map(repr, row)) or "none"
    raise Broken("messages", f"is missing, and so are 'instruction' and 'output' (fields found: {found})")


def alpaca_messages(row: dict[str, Any]) -> list[dict[str, str]]:
    instruction = text(row, "instruction", "instruction")
    context = row.get("input") or ""
    if not isinstance(context, str):
        raise Broken("input", f"is {kind(context)}; a string is needed")
    answer = text(row, "output", "output")
    question = f"{instruction}\n\n{context}" if context.strip() else instruction
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def chat_messages(messages: Any) -> list[dict[str, str]]:
    if not isinstance(messages, list) or not messages:
        raise Broken("messages", f"is {kind(messages)}; a list with at least one message is needed")
    result: list[dict[str, str]] = []
    for i, message in enumerate(messages):
        at = f"messages[{i}]"
        if not isinstance(message, dict):
            raise Broken(at, f"is {kind(message)}; an object is needed")
        role = message.get("role")
        if role not in ROLES:
            raise Broken(f"{at}.role", f"is {json.dumps(role)}; allowed: {', '.join(ROLES)}")
        result.append({"role": role, "content": text(message, "content", f"{at}.content")})
    if result[-1]["role"] != "assistant":
        raise Broken(
            f"messages[{len(result) - 1}].role",
            f"is '{result[-1]['role']}'; the last message must be the assistant's answer",
        )
    return result


def text(row: dict[str, Any], field: str, name: str) -> str:
    if field not in row:
        raise Broken(name, "is missing")
    value = row[field]
    if not isinstance(value, str):
        raise Broken(name, f"is {kind(value)}; a string is needed")
    if not value.strip():
        raise Broken(name, "is empty")
    return value


def kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
