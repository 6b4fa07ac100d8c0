"""Asks a model each question of a JSONL file; prints its answers and the share that is right word for word, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(model_folder: str, questions: str, adapter: str | None = None) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model_folder, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(model_folder)
    if adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    rows = [json.loads(line) for line in Path(questions).read_text("utf-8").splitlines()]
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": row["question"]}], tokenize=False, add_generation_prompt=True
        )
        for row in rows
    ]
    batch = tokenizer(prompts, return_tensors="pt", padding=True)
    with torch.no_grad():
        output = model.generate(**batch, max_new_tokens=12, do_sample=False)
    answers = [tokenizer.decode(row[batch["input_ids"].shape[1] :], skip_special_tokens=True).strip() for row in output]
    right = sum(answer == row["answer"] for answer, row in zip(answers, rows, strict=True))
    print(json.dumps({"exactMatch": right / len(rows), "answers": answers}))


if __name__ == "__main__":
    main(*sys.argv[1:])
