"""A supervisor over small programs, as a process of its own: `python -m tests.management.supervised JSON`."""

from __future__ import annotations

import json
import sys

from ecsweb.management.launcher.child import Program
from ecsweb.management.launcher.supervisor import Supervisor


def main(text: str) -> None:
    asked = json.loads(text)
    programs = [Program(**{**each, "command": tuple(each["command"])}) for each in asked["programs"]]
    with Supervisor(programs, dies_with_parent=asked.get("dies_with_parent", False)) as supervisor:
        for program in programs:
            supervisor.start(program.name)
        supervisor.serve()


if __name__ == "__main__":
    main(sys.argv[1])
