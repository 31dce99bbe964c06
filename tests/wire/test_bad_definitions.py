"""Each bad task definition is refused in words on the wire and on the form, and nothing of it is stored."""

from __future__ import annotations

import html
import json

import pytest
from django.test import Client

from ecsweb.models import TaskDefinition
from tests.wire.bad_definitions import BAD
from tests.world import World

TARGET = "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition"


@pytest.mark.parametrize("case", BAD)
def test_the_wire_refuses_in_words_and_stores_nothing(world: World, client: Client, case: str) -> None:
    definition, words = BAD[case]

    answer = client.post(
        "/", json.dumps(definition), content_type="application/x-amz-json-1.1", headers={"X-Amz-Target": TARGET}
    )

    if answer.status_code == 413:
        assert case == "larger than 64 KiB"
    else:
        assert answer.status_code == 400, answer.content
        said = json.loads(answer.content)
        assert said["__type"] in {"ClientException", "InvalidParameterException", "SerializationException"}
        assert words in said["message"]
    assert not TaskDefinition.objects.exists()


@pytest.mark.parametrize("case", BAD)
def test_the_form_says_it_and_keeps_what_was_typed(world: World, client: Client, case: str) -> None:
    definition, words = BAD[case]
    typed = json.dumps(definition, ensure_ascii=False)

    answer = client.post("/task-definitions/register/", {"mode": "json", "document": typed})

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    # The field itself is too small for a definition that is too large, and says so.
    assert ("at most" if case == "larger than 64 KiB" else words) in page
    assert typed.strip() in page
    assert not TaskDefinition.objects.exists()
