"""Each parameter of an operation that is offered is read somewhere, or is named here with the reason why not."""

from __future__ import annotations

from ecsweb.api.model import ecs_model
from ecsweb.api.registry import AWS_OPERATIONS
from tests.structure.sources import PRODUCT_FILES, text_of

READ_BY = "\n".join(text_of(path) for path in PRODUCT_FILES if path.parts[1] in {"api", "controlplane", "domain"})
WITHOUT_EFFECT = {
    "role": "of load balancers, which are refused",
    "instanceIdentityDocumentSignature": "nobody else launches machines here",
    "platformDevices": "no instance offers GPUs",
    "referenceId": "a note of the caller that no answer repeats",
}


def test_no_parameter_of_an_offered_operation_is_forgotten() -> None:
    model = ecs_model()
    offered = AWS_OPERATIONS.keys() & set(model.operation_names)
    assert "CreateService" in offered
    forgotten = [
        f"{name}.{member}"
        # Each field of a definition has its fate in a table of its own.
        for name in sorted(offered - {"RegisterTaskDefinition"})
        for member in model.operation_model(name).input_shape.members
        if f'"{member}"' not in READ_BY and member not in WITHOUT_EFFECT
    ]

    assert forgotten == []
