"""Turns conversations into tokens, with the loss on the assistant's answers only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conversations import Conversation
from protocol import Invalid

IGNORED = -100
"""The label that the loss of Transformers leaves out."""

ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{question}\n\n### Response:\n"
)
"""The prompt of Stanford Alpaca, for base models that have no chat template."""


def encode(tokenizer: Any, conversation: Conversation, max_length: int) -> dict[str, list[int]] | None:
    """``input_ids`` and ``labels`` of one conversation, cut at ``max_length``; None when no answer is left in it.

    Each segment is tokenised by itself: when the model is asked, the prompt is tokenised alone too.
    """
    ids: list[int] = []
    labels: list[int] = []
    for segment, learned in segments(tokenizer, conversation):
        tokens = tokenizer(segment, add_special_tokens=False)["input_ids"]
        ids += tokens
        labels += tokens if learned else [IGNORED] * len(tokens)
    ids, labels = ids[:max_length], labels[:max_length]
    if all(label == IGNORED for label in labels):
        return None
    return {"input_ids": ids, "labels": labels}


def segments(tokenizer: Any, conversation: Conversation) -> Iterator[tuple[str, bool]]:
    """The text of a conversation in pieces, each with whether the model learns to write it."""
    messages = conversation.messages
    if not tokenizer.chat_template:
        yield from plain(tokenizer, conversation)
        return
    shown = ""
    for i, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        prompt = render(tokenizer, messages[:i], asked=True)
        answered = render(tokenizer, messages[: i + 1], asked=False)
        if not (prompt.startswith(shown) and answered.startswith(prompt)):
            raise Invalid(
                f"line {conversation.line}: the model's chat template changes earlier turns when later ones follow, or does "
                "not begin an answer as its generation prompt does, so the tokens of the answers cannot be told. "
                "Split the conversation into one line for each answer."
            )
        yield prompt[len(shown) :], False
        yield answered[len(prompt) :], True
        shown = answered


def plain(tokenizer: Any, conversation: Conversation) -> Iterator[tuple[str, bool]]:
    if [message["role"] for message in conversation.messages] != ["user", "assistant"]:
        raise Invalid(
            f"line {conversation.line}: the base model has no chat template, so only single questions with an answer can be "
            "learned. Add a chat template to its tokenizer_config.json."
        )
    question, answer = (message["content"] for message in conversation.messages)
    yield (tokenizer.bos_token or "") + ALPACA.format(question=question), False
    yield answer + (tokenizer.eos_token or ""), True


def render(tokenizer: Any, messages: list[dict[str, str]], *, asked: bool) -> str:
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=asked)


class Padding:
    """Pads the examples of a batch to the longest one."""

    def __init__(self, pad_token: int) -> None:
        self.pad_token = pad_token

    def __call__(self, examples: list[dict[str, list[int]]]) -> dict[str, Any]:
        import torch

        longest = max(len(example["input_ids"]) for example in examples)

        def padded(name: str, filler: int) -> Any:
            return torch.tensor([e[name] + [filler] * (longest - len(e[name])) for e in examples])

        mask = [[1] * len(e["input_ids"]) + [0] * (longest - len(e["input_ids"])) for e in examples]
        return {
            "input_ids": padded("input_ids", self.pad_token),
            "labels": padded("labels", IGNORED),
            "attention_mask": torch.tensor(mask),
        }
