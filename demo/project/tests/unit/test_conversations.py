from pathlib import Path

import pytest

from conversations import Turn, ends_with_answer, read
from prompt import render


def test_training_data_ends_with_answers() -> None:
    conversations = list(read(Path("data/train.jsonl")))
    assert len(conversations) > 100
    assert all(ends_with_answer(turns) for turns in conversations)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"messages": []}\n{"messages"\n', "utf-8")
    with pytest.raises(ValueError, match="broken.jsonl:2"):
        list(read(broken))


def test_prompt_asks_the_assistant() -> None:
    assert render([Turn("user", "Hello")]).endswith("<|im_start|>assistant\n")
