"""Reads what W&B's library wrote offline: a log of protobuf records in LevelDB's framing, as `wandb sync` reads it."""

import json
import struct
import sys

from wandb.proto.wandb_internal_pb2 import Record

BLOCK = 32768


def records(data):
    """The payloads: 7 bytes of file header, then blocks of records (crc, length, type), of which one may span several."""
    whole, at = b"", 7
    while at + 7 <= len(data):
        left = BLOCK - at % BLOCK
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            yield whole
            whole = b""


def items(message, name="value_json"):
    return {(item.key or "/".join(item.nested_key)): json.loads(getattr(item, name)) for item in message}


told = {"config": {}, "history": [], "summary": {}, "artifacts": [], "exit": None, "runs": []}
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        data = file.read()
    assert data[:4] == b":W&B", path
    for payload in records(data):
        record = Record.FromString(payload)
        kind = record.WhichOneof("record_type")
        if kind == "run":
            run = record.run
            told["runs"].append({"id": run.run_id, "group": run.run_group, "name": run.display_name, "project": run.project})
            told["config"].update(items(run.config.update))
        elif kind == "config":
            told["config"].update(items(record.config.update))
        elif kind == "history":
            told["history"].append(items(record.history.item))
        elif kind == "artifact":
            artifact = record.artifact
            told["artifacts"].append(
                {"name": artifact.name, "type": artifact.type, "digest": artifact.digest, "aliases": list(artifact.aliases), "metadata": json.loads(artifact.metadata)}
            )
        elif kind == "exit":
            told["exit"] = record.exit.exit_code
print(json.dumps(told).replace("NaN", '"NaN"'))
