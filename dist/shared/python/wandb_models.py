"""Model versions as W&B artifacts of the type ``model``.

An artifact names a version: where its bytes lie, of which run it is, and its digests. The bytes stay in the store, under their digest.
An artifact with the same content is the same version to W&B, so that logging one again only moves its alias.
"""

from __future__ import annotations

import json
from typing import Any

import wandb
from wandb_project import Project

TYPE = "model"


class Models:
    def __init__(self, project: Project) -> None:
        self.project = project
        # made offline and not logged yet: an alias may follow
        self.held: dict[str, list[Any]] = {}

    def log(self, name: str, source: str, run_id: str, tags: dict[str, str], aliases: list[str]) -> dict[str, Any]:
        """Makes a version, and gives it aliases; online it says which one it is."""
        run = self.project.run(run_id)
        artifact = artifact_of(name, source, run_id, tags)
        if self.project.offline and not aliases:
            self.held.setdefault(run_id, []).append(artifact)
            return {}
        self.held[run_id] = [held for held in self.held.get(run_id, []) if held.digest != artifact.digest]
        logged = run.log_artifact(artifact, aliases=aliases)
        if self.project.offline:
            return {}
        return {"version": described(logged.wait())}

    def flush(self, run_id: str) -> None:
        for artifact in self.held.pop(run_id, []):
            self.project.runs[run_id].log_artifact(artifact)

    def versions(self, name: str) -> dict[str, Any]:
        api = wandb.Api()
        path = f"{self.project.path}/{name}"
        if not api.artifact_collection_exists(path, TYPE):
            return {"versions": []}
        return {"versions": [described(artifact) for artifact in api.artifacts(TYPE, path)]}

    def alias(self, name: str, alias: str, version: str) -> dict[str, Any]:
        artifact = self.named(name, version)
        if alias not in artifact.aliases:
            artifact.aliases.append(alias)
            artifact.save()
        return {}

    def unalias(self, name: str, alias: str) -> dict[str, Any]:
        artifact = self.named(name, alias)
        artifact.aliases.remove(alias)
        artifact.save()
        return {}

    def describe(self, name: str, version: str, key: str, value: str) -> dict[str, Any]:
        artifact = self.named(name, version)
        artifact.metadata["tags"] = {**artifact.metadata.get("tags", {}), key: value}
        artifact.save()
        return {}

    def named(self, name: str, version: str) -> Any:
        return wandb.Api().artifact(f"{self.project.path}/{name}:{version}", type=TYPE)


def artifact_of(name: str, source: str, run_id: str, tags: dict[str, str]) -> Any:
    about = {"source": source, "run_id": run_id, "tags": tags}
    artifact = wandb.Artifact(name, type=TYPE, metadata=about)
    with artifact.new_file("model.json", mode="w") as file:
        json.dump(about, file, indent=2, sort_keys=True)
    return artifact


def described(artifact: Any) -> dict[str, Any]:
    about = artifact.metadata
    return {
        "version": artifact.version,
        "source": about.get("source", ""),
        "runId": about.get("run_id"),
        "tags": {key: str(value) for key, value in about.get("tags", {}).items()},
        "aliases": [alias for alias in artifact.aliases if alias not in ("latest", artifact.version)],
    }
