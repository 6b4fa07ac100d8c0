"""Trains a LoRA adapter with PEFT and Transformers.

Config: ``baseModel`` ``dataset`` ``outputDir`` ``stateDir`` (folders and a file), ``baseModelDigest``, ``resume`` and
``options``, the hyperparameters under their public names. Result: ``finalLoss`` ``steps`` ``examples`` ``dropped``
``trainableParameters`` ``resumedFrom`` (a step, or null) ``seconds``.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from pathlib import Path
from typing import Any

import protocol
from conversations import read_conversations
from model_folder import publish, require_model
from protocol import Invalid, emit


def train(config: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    # what the user can mend is found before the seconds that the libraries need to load
    base = require_model(config["baseModel"])
    conversations = read_conversations(config["dataset"])
    options = config["options"]

    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

    import torch
    from transformers import AutoTokenizer, PrinterCallback, Trainer, TrainingArguments, set_seed

    set_seed(options["seed"])
    torch.use_deterministic_algorithms(True, warn_only=True)
    precision = choose_precision(options["precision"])
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True, trust_remote_code=False)
    examples = encode_all(tokenizer, conversations, options["max-length"])
    model = attach_adapter(load_base(base, precision, options["quantize-base"]), options)
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)

    state = Path(config["stateDir"])
    checkpoint = last_checkpoint(state) if config["resume"] else None
    if checkpoint is None:
        shutil.rmtree(state, ignore_errors=True)
    batches = math.ceil(len(examples) / options["batch-size"])
    per_epoch = max(1, math.ceil(batches / options["gradient-accumulation"]))
    total = options["steps"] or max(1, math.ceil(per_epoch * options["epochs"]))
    curve = LossCurve(total)
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(state),
            max_steps=total,
            per_device_train_batch_size=options["batch-size"],
            gradient_accumulation_steps=options["gradient-accumulation"],
            learning_rate=options["learning-rate"],
            lr_scheduler_type=options["schedule"],
            warmup_steps=min(options["warmup-steps"], total - 1),
            weight_decay=options["weight-decay"],
            logging_steps=options["logging-steps"] or max(1, total // 20),
            logging_nan_inf_filter=False,
            save_steps=options["save-steps"] or max(1, math.ceil(total / 5)),
            save_total_limit=2,
            seed=options["seed"],
            data_seed=options["seed"],
            bf16=precision == "bfloat16" and torch.cuda.is_available(),
            fp16=precision == "float16",
            use_cpu=not torch.cuda.is_available(),
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            dataloader_pin_memory=torch.cuda.is_available(),
        ),
        train_dataset=examples,
        data_collator=padding_for(tokenizer),
        callbacks=[curve.callback()],
    )
    trainer.remove_callback(PrinterCallback)
    resumed_from = int(checkpoint.name.removeprefix("checkpoint-")) if checkpoint else None
    emit(
        "started",
        steps=total,
        examples=len(examples),
        dropped=len(conversations) - len(examples),
        trainableParameters=trainable,
        device=str(trainer.args.device),
        precision=precision,
        resumedFrom=resumed_from,
    )
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    save_adapter(model, Path(config["outputDir"]), config["baseModelDigest"])
    return {
        "finalLoss": curve.final_loss(trainer.state.log_history),
        "steps": trainer.state.global_step,
        "examples": len(examples),
        "dropped": len(conversations) - len(examples),
        "trainableParameters": trainable,
        "resumedFrom": resumed_from,
        "seconds": round(time.monotonic() - began, 3),
    }


def choose_precision(wanted: str) -> str:
    """The number format of the weights: bfloat16 where a GPU has it, else float32."""
    import torch

    if wanted == "auto":
        return "bfloat16" if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else "float32"
    if wanted == "float16" and not torch.cuda.is_available():
        raise Invalid("precision float16 needs a GPU: no CPU trains in it. Use float32, bfloat16 or auto.")
    return wanted


def load_base(base: Path, precision: str, quantize: str) -> Any:
    """The base model's weights, in four or eight bits where asked for (QLoRA)."""
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    # PEFT keeps the adapter in float32, as mixed precision needs it
    dtype = getattr(torch, precision)
    quantization = None
    if quantize != "none":
        try:
            import bitsandbytes  # noqa: F401
        except ImportError as error:
            raise Invalid(f"quantize-base {quantize} needs bitsandbytes in the training environment: {error}") from None
        quantization = (
            BitsAndBytesConfig(load_in_8bit=True)
            if quantize == "int8"
            else BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)
        )
    return AutoModelForCausalLM.from_pretrained(
        base,
        dtype=dtype,
        quantization_config=quantization,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
    )


def attach_adapter(model: Any, options: dict[str, Any]) -> Any:
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    if options["quantize-base"] != "none":
        model = prepare_model_for_kbit_training(model)
    targets = options["target-modules"]
    if targets != "all-linear":
        known = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
        unknown = [target for target in targets if target not in known]
        if unknown:
            linear = sorted({n.rsplit(".", 1)[-1] for n, m in model.named_modules() if "Linear" in type(m).__name__})
            raise Invalid(
                f"target-modules {', '.join(unknown)}: not in this model. Its linear layers: {', '.join(linear)}."
            )
    return get_peft_model(
        model,
        LoraConfig(
            r=options["rank"],
            lora_alpha=options["alpha"],
            lora_dropout=options["dropout"],
            target_modules=targets,
            task_type="CAUSAL_LM",
        ),
    )


def encode_all(tokenizer: Any, conversations: list[Any], max_length: int) -> list[dict[str, list[int]]]:
    from tokens import encode

    examples = []
    without_answer = []
    for conversation in conversations:
        example = encode(tokenizer, conversation, max_length)
        if example is None:
            without_answer.append(conversation.line)
        else:
            examples.append(example)
    if not examples:
        raise Invalid(f"max-length {max_length} leaves no answer in any line of the dataset. Raise max-length.")
    if without_answer:
        emit("dropped", lines=without_answer[:10], count=len(without_answer), maxLength=max_length)
    return examples


def padding_for(tokenizer: Any) -> Any:
    from tokens import Padding

    token = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    if token is None:
        raise Invalid(
            "The base model's tokenizer has neither a padding nor an end token: add one to tokenizer_config.json."
        )
    return Padding(token)


class LossCurve:
    """Reports the loss while it trains, and ends a training whose loss is no number any more."""

    def __init__(self, total: int) -> None:
        self.total = total

    def callback(self) -> Any:
        from transformers import TrainerCallback

        total = self.total

        class Report(TrainerCallback):
            def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
                # the curve ends where the training does, also between two logging steps
                if state.global_step >= total:
                    control.should_log = True

            def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
                if not logs or "loss" not in logs:
                    return
                loss = float(logs["loss"])
                if not math.isfinite(loss):
                    raise FloatingPointError(
                        f"the loss became {loss} at step {state.global_step}: lower learning-rate, or use a wider precision"
                    )
                emit(
                    "step",
                    step=state.global_step,
                    of=total,
                    loss=loss,
                    learningRate=float(logs["learning_rate"]),
                    epoch=float(logs["epoch"]),
                )

        return Report()

    @staticmethod
    def final_loss(history: list[dict[str, Any]]) -> float:
        """The mean loss since the last logging step but one."""
        return float([entry["loss"] for entry in history if "loss" in entry][-1])


def last_checkpoint(state: Path) -> Path | None:
    """The last checkpoint that was written to its end: the trainer's state is its last file."""
    found = [p for p in state.glob("checkpoint-*") if (p / "trainer_state.json").is_file()]
    return max(found, key=lambda p: int(p.name.removeprefix("checkpoint-")), default=None)


def save_adapter(model: Any, output: Path, base_digest: str) -> None:
    """Writes the adapter so that equal training gives equal bytes: no path of this machine, no order of a set."""
    draft = output.with_name(output.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    model.save_pretrained(draft, safe_serialization=True)
    (draft / "README.md").unlink(missing_ok=True)
    file = draft / "adapter_config.json"
    settings = json.loads(file.read_text("utf-8"))
    settings["base_model_name_or_path"] = base_digest
    if isinstance(settings["target_modules"], list):
        settings["target_modules"].sort()
    file.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    publish(draft, output)


if __name__ == "__main__":
    protocol.main(train)
