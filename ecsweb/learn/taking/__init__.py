"""Take it to AWS: a cluster as it is now, as a script and as a template that make the same in an account of AWS."""

from __future__ import annotations

from ecsweb.learn.taking.costs import Costs, costs_of
from ecsweb.learn.taking.script import script_of, teardown_of
from ecsweb.learn.taking.template import deploy_commands, template_of
from ecsweb.learn.taking.work import Work, work_of

__all__ = ["Costs", "Work", "costs_of", "deploy_commands", "script_of", "teardown_of", "template_of", "work_of"]
