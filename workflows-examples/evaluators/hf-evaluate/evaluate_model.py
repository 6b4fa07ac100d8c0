"""Asks a model every question of a JSON Lines file and scores each answer with a metric of Hugging Face `evaluate`.

One row an item, which is what a gate compares: input, target, output and the metric's figure of this answer alone.
"""

import argparse
import json
import pathlib

import evaluate
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def load_model(folder, adapter):
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="auto", device_map="auto")
    if adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    return tokenizer, model.eval()


@torch.inference_mode()
def answers(tokenizer, model, questions, batch_size, new_tokens):
    for start in range(0, len(questions), batch_size):
        chats = [[{"role": "user", "content": question}] for question in questions[start : start + batch_size]]
        texts = [tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) for chat in chats]
        batch = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False).to(model.device)
        batch.pop("token_type_ids", None)
        said = model.generate(**batch, max_new_tokens=new_tokens, do_sample=False)
        yield from tokenizer.batch_decode(said[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--adapter", default="")
    parser.add_argument("--data", required=True, help="JSON Lines with question and answer")
    parser.add_argument("--output", required=True, help="folder for the results")
    parser.add_argument("--items", default="", help="JSON file with the places to evaluate, where the gate stops early")
    parser.add_argument("--metric", default="exact_match", help="name at the hub, or a folder")
    parser.add_argument("--batch-size", type=int, default=40)
    parser.add_argument("--new-tokens", type=int, default=64)
    args = parser.parse_args()

    rows = [json.loads(line) for line in pathlib.Path(args.data).read_text(encoding="utf-8").splitlines() if line]
    if args.items:
        rows = [rows[i] for i in json.loads(pathlib.Path(args.items).read_text())["all"]]
    metric = evaluate.load(args.metric)
    tokenizer, model = load_model(args.model, args.adapter)
    said = answers(tokenizer, model, [row["question"] for row in rows], args.batch_size, args.new_tokens)
    with open(pathlib.Path(args.output) / "results.jsonl", "w", encoding="utf-8") as out:
        for row, answer in zip(rows, said):
            answer = answer.strip()
            # of one answer at a time: a figure of the whole corpus could not be compared item by item
            figures = metric.compute(predictions=[answer], references=[row["answer"]])
            scores = {name: float(value) for name, value in figures.items() if not hasattr(value, "__len__")}
            out.write(json.dumps({"input": row["question"], "target": row["answer"], "output": answer, **scores}) + "\n")


if __name__ == "__main__":
    main()
