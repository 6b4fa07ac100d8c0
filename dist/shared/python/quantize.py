"""Merges a LoRA adapter into its base model and quantizes the result with llm-compressor.

Config: ``model`` (the folder of a whole model), ``adapter`` (folder or null), ``outputDir``, ``scheme`` (``w8a8``,
``w4a16`` or ``fp8-dynamic``), ``calibrationData`` (JSONL or null), ``maxLength``, ``samples``, ``seed``. Result: ``sizeBytes``
``originalBytes`` ``method`` ``agreement`` ``score`` ``originalScore`` (the last two null without calibration data).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import protocol
from conversations import read_conversations
from model_folder import publish, require_adapter, require_model, size_of
from protocol import Invalid, emit

SCHEMES = {"w8a8": "W8A8", "w4a16": "W4A16", "fp8-dynamic": "FP8_DYNAMIC"}
"""The scheme's name on our side and in compressed-tensors."""

PROBES = ("Hello, who are you?", "What is the capital of France?", "Write one sentence about the sea.", "你好")
"""Texts for the reload check where no calibration data are given."""


def quantize(config: dict[str, Any]) -> dict[str, Any]:
    base = require_model(config["model"])
    adapter = require_adapter(config["adapter"]) if config["adapter"] else None
    data = read_conversations(config["calibrationData"]) if config["calibrationData"] else None

    from transformers import AutoTokenizer, set_seed

    set_seed(config["seed"])
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True, trust_remote_code=False)
    samples = calibration(tokenizer, data, config["samples"], config["maxLength"])
    probes = samples or [{"input_ids": ids, "labels": ids} for ids in (tokenizer(text)["input_ids"] for text in PROBES)]

    output = Path(config["outputDir"])
    draft = output.with_name(output.name + ".part")
    merged = output.with_name(output.name + ".merged")
    for folder in (draft, merged):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        model = merge(base, adapter)
        emit("stage", name="merged", adapter=adapter is not None)
        # saved once to know its size as a model of its own, with tied weights counted once
        model.save_pretrained(merged, safe_serialization=True)
        original_bytes = size_of(merged)
        before = predictions(model, probes)

        method = compress(model, SCHEMES[config["scheme"]], samples, config["maxLength"])
        emit("stage", name="quantized", scheme=config["scheme"], method=method)
        model.save_pretrained(draft, save_compressed=True)
        tokenizer.save_pretrained(draft)
        del model
        after = predictions(reload(draft), probes)
        emit("stage", name="reloaded")
        require_model(str(draft))
        publish(draft, output)
    finally:
        for folder in (draft, merged):
            shutil.rmtree(folder, ignore_errors=True)
    return {
        "sizeBytes": size_of(output),
        "originalBytes": original_bytes,
        "method": method,
        "agreement": share(
            a == b for old, new in zip(before, after, strict=True) for a, b in zip(old, new, strict=True)
        ),
        "originalScore": score(before, probes) if samples else None,
        "score": score(after, probes) if samples else None,
    }


def merge(base: Path, adapter: Path | None) -> Any:
    """The whole model, with the adapter's weights added to its own."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        base, dtype="auto", local_files_only=True, trust_remote_code=False, use_safetensors=True
    )
    if adapter is None:
        return model.eval()
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, adapter, local_files_only=True).merge_and_unload(safe_merge=True).eval()
    except (RuntimeError, ValueError) as error:
        raise Invalid(f"The adapter '{adapter}' does not fit the base model '{base}': {error}") from None


def calibration(tokenizer: Any, data: list[Any] | None, count: int, max_length: int) -> list[dict[str, list[int]]]:
    """The first conversations of the data as tokens; none where no data are given."""
    from tokens import encode

    if data is None:
        return []
    samples = [sample for row in data[:count] if (sample := encode(tokenizer, row, max_length))]
    if not samples:
        raise Invalid(f"max-length {max_length} leaves no answer in the calibration data.")
    return samples


def compress(model: Any, scheme: str, samples: list[dict[str, list[int]]], max_length: int) -> str:
    """Quantizes all linear layers but the output's; GPTQ where there are data to calibrate with, else rounding."""
    from llmcompressor import oneshot
    from llmcompressor.modifiers.gptq import GPTQModifier
    from llmcompressor.modifiers.quantization import QuantizationModifier

    settings: dict[str, Any] = {"targets": "Linear", "scheme": scheme, "ignore": ["lm_head"]}
    # eight-bit floats are rounded: GPTQ gains nothing there
    if not samples or scheme == "FP8_DYNAMIC":
        oneshot(model=model, recipe=QuantizationModifier(**settings))
        return "round-to-nearest"
    from datasets import Dataset

    rows = [{"input_ids": s["input_ids"], "attention_mask": [1] * len(s["input_ids"])} for s in samples]
    oneshot(
        model=model,
        recipe=GPTQModifier(**settings),
        dataset=Dataset.from_list(rows),
        max_seq_length=max_length,
        num_calibration_samples=len(rows),
        shuffle_calibration_samples=False,
    )
    return "gptq"


def reload(folder: Path) -> Any:
    """Reads the written model back, as a server will."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(
        folder, dtype="auto", local_files_only=True, trust_remote_code=False, use_safetensors=True
    ).eval()


def predictions(model: Any, probes: list[dict[str, list[int]]]) -> list[list[int]]:
    """The most likely next token after each token of each probe. A model whose scores are no numbers is refused."""
    import torch

    result = []
    for probe in probes:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([probe["input_ids"]], device=model.device)).logits[0]
        if not torch.isfinite(logits).all():
            raise RuntimeError("the model's scores are not finite numbers: it cannot be served")
        result.append(logits.argmax(dim=-1).tolist())
    return result


def score(predicted: list[list[int]], probes: list[dict[str, list[int]]]) -> float:
    """The share of the answers' tokens that the model predicts."""
    from tokens import IGNORED

    return share(
        guess == label
        for guesses, probe in zip(predicted, probes, strict=True)
        for guess, label in zip(guesses[:-1], probe["labels"][1:], strict=True)
        if label != IGNORED
    )


def share(outcomes: Any) -> float:
    values = list(outcomes)
    return sum(values) / len(values)


if __name__ == "__main__":
    protocol.main(quantize)
