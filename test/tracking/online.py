"""Whether W&B's library takes the calls that are made to it with a server behind it: names and parameters of each."""

import inspect

import wandb
from wandb.apis.public import Run

CALLS = [
    (wandb.Api.run, ["self", "entity/project/id"], {}),
    (wandb.Api.runs, ["self", "entity/project"], {"filters": {}, "order": "-created_at", "per_page": 5, "lazy": False}),
    (wandb.Api.artifact, ["self", "entity/project/name:v0"], {"type": "model"}),
    (wandb.Api.artifacts, ["self", "model", "entity/project/name"], {}),
    (wandb.Api.artifact_collection_exists, ["self", "entity/project/name", "model"], {}),
]
for call, positional, named in CALLS:
    inspect.signature(call).bind(*positional, **named)
for name in ("aliases", "version", "metadata", "save", "wait", "digest"):
    assert hasattr(wandb.Artifact, name), name
for name in ("id", "config", "summary", "state", "url"):
    assert hasattr(Run, name), name
print("ok")
