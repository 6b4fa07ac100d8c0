"""Checks on a model's folder before any library touches it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from protocol import Invalid

PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.pickle", "*.ckpt")


def require_model(folder: str) -> Path:
    """The folder of a base or merged model with safetensors weights.

    A name that is no folder would be looked up on a hub, and a pickle would run its own code: both are refused.
    """
    path = Path(folder)
    if not path.is_dir():
        raise Invalid(f"The base model '{folder}' is no folder on this machine. Models are never fetched from a hub.")
    if not (path / "config.json").is_file():
        raise Invalid(f"The base model '{folder}' has no config.json: give the folder that save_pretrained wrote.")
    require_safetensors(path, "model*.safetensors")
    return path


def require_adapter(folder: str) -> Path:
    """The folder of a LoRA adapter as PEFT writes it."""
    path = Path(folder)
    if not (path / "adapter_config.json").is_file():
        raise Invalid(f"The adapter '{folder}' has no adapter_config.json: give the folder that training wrote.")
    require_safetensors(path, "adapter_model.safetensors")
    kind = json.loads((path / "adapter_config.json").read_text("utf-8")).get("peft_type")
    if kind != "LORA":
        raise Invalid(f"The adapter '{folder}' is of the type {kind}; LORA is needed.")
    return path


def require_safetensors(path: Path, pattern: str) -> None:
    pickles = sorted(found.name for ending in PICKLES for found in path.glob(ending))
    if pickles:
        raise Invalid(
            f"'{path}' holds pickled files ({', '.join(pickles)}). A pickle can run code when it is loaded: "
            "convert the weights to safetensors and delete them."
        )
    if not any(path.glob(pattern)):
        raise Invalid(f"'{path}' has no weights: {pattern} is needed.")


def size_of(folder: Path) -> int:
    """The bytes of the weights."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def publish(draft: Path, output: Path) -> None:
    """Gives a finished folder its name: a reader sees all of it or nothing. Other users may read it, to serve it."""
    for file in draft.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft, output)
