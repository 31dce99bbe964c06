"""`aws ecs …` in the page: parsed by the AWS CLI's own parser and model, carried out by the one door; no shell."""

from __future__ import annotations

from ecsweb.api.command_line.completion import complete
from ecsweb.api.command_line.run import Outcome, run_line

__all__ = ["Outcome", "complete", "run_line"]
