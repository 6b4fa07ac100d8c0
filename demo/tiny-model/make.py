"""Makes a toy language model that really learns on a CPU, with data to fine-tune and to test it.

``python make.py --out DIR`` writes ``DIR/base`` (a Qwen2 of 0.6 million parameters), ``DIR/data/train.jsonl``
(chat messages, 160 rows) and ``DIR/data/test.jsonl`` (``question`` and ``answer``, 40 rows, asked in a way that the
training data never ask). LoRA on random weights learns nothing, so the base is trained first: to copy, to chat, and to
answer questions for a capital with any capital. About half a minute on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import corpus

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CONTEXT = 512
HIDDEN = 128
HEAD = 32
"""16 makes vLLM's attention on CPUs crash at the first request."""


def make_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1024,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(corpus.texts(), trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.model_max_length = CONTEXT
    return tokenizer


def make_model(tokenizer: Any) -> Any:
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=(len(tokenizer) + 63) // 64 * 64,
            hidden_size=HIDDEN,
            intermediate_size=4 * HIDDEN,
            num_hidden_layers=2,
            num_attention_heads=HIDDEN // HEAD,
            num_key_value_heads=HIDDEN // HEAD // 2,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            bos_token_id=None,
            dtype="float32",
            **ends,
        )
    )
    model.generation_config = GenerationConfig(do_sample=False, **ends)
    return model


def pretrain(model: Any, tokenizer: Any, steps: int, seed: int) -> float:
    """Trains all weights on pairs of the corpus; returns the last loss."""
    import torch
    from transformers import get_cosine_schedule_with_warmup

    chance = random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = get_cosine_schedule_with_warmup(optimizer, 20, steps)
    model.train()
    loss = float("nan")
    for _ in range(steps):
        batch = [tokens_of(tokenizer, *corpus.pretraining_pair(chance)) for _ in range(16)]
        longest = max(map(len, batch))
        ids = torch.tensor([row + [tokenizer.pad_token_id] * (longest - len(row)) for row in batch])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in batch])
        output = model(input_ids=ids, attention_mask=mask, labels=ids.masked_fill(mask == 0, -100))
        optimizer.zero_grad()
        output.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        loss = output.loss.item()
    return loss


def tokens_of(tokenizer: Any, question: str, answer: str) -> list[int]:
    messages = [{"role": "user", "content": question}]
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return tokenizer(prompt + answer + tokenizer.eos_token)["input_ids"]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    import torch

    torch.manual_seed(arguments.seed)
    # for so small a model a second thread only waits, for ever so long where other programs want the cores too
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    tokenizer = make_tokenizer()
    model = make_model(tokenizer)
    loss = pretrain(model, tokenizer, arguments.steps, arguments.seed)

    draft = arguments.out.with_name(arguments.out.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "data").mkdir(parents=True)
    model.save_pretrained(draft / "base")
    tokenizer.save_pretrained(draft / "base")
    chat = [
        {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}
        for question, answer in corpus.training_pairs(arguments.seed)
    ]
    write_rows(draft / "data" / "train.jsonl", chat)
    write_rows(draft / "data" / "test.jsonl", [{"question": q, "answer": a} for q, a in corpus.test_pairs()])
    for file in draft.rglob("*.*"):
        file.chmod(0o644)  # safetensors writes for the owner alone; a server may be another user
    shutil.rmtree(arguments.out, ignore_errors=True)
    os.replace(draft, arguments.out)
    parameters = sum(p.numel() for p in model.parameters())
    print(json.dumps({"out": str(arguments.out), "parameters": parameters, "vocabulary": len(tokenizer), "loss": round(loss, 4)}))


if __name__ == "__main__":
    main()
