"""A project of W&B and its open runs, online or in a folder."""

from __future__ import annotations

from typing import Any

import wandb


class Project:
    """Runs are begun when they are first asked for, and stay open."""

    def __init__(self, project: str, entity: str | None, folder: str, offline: bool) -> None:
        self.project = project
        self.entity = entity
        self.folder = folder
        self.offline = offline
        self.runs: dict[str, Any] = {}

    @property
    def path(self) -> str:
        return f"{self.entity}/{self.project}" if self.entity else self.project

    def run(self, run_id: str, **how: Any) -> Any:
        """The run, begun or taken up again."""
        if run_id not in self.runs:
            self.runs[run_id] = wandb.init(
                project=self.project,
                entity=self.entity,
                id=run_id,
                resume="allow",
                dir=self.folder,
                mode="offline" if self.offline else "online",
                reinit="create_new",
                settings=wandb.Settings(
                    console="off", silent=True, save_code=False, disable_git=True, x_disable_stats=True
                ),
                **how,
            )
        return self.runs[run_id]
