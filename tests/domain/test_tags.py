"""What is a tag and what is none, and what becomes of a resource's tags (`ecs-facts.md` 1.2)."""

from __future__ import annotations

import pytest

from ecsweb.domain.errors import InvalidParameterException, LimitExceededException
from ecsweb.domain.tags import checked_tags, merged, without

FIFTY = [{"key": f"k{number}", "value": ""} for number in range(50)]
BAD_TAGS: dict[str, tuple[list[dict[str, str]], str, str]] = {
    "51 of them": ([*FIFTY, {"key": "k50"}], "tags", "at most 50 tags"),
    "key of 129": ([{"key": "k" * 129}], "tags.0.key", "at most 128 characters"),
    "value of 257": ([{"key": "k", "value": "v" * 257}], "tags.0.value", "at most 256 characters"),
    "key with aws:": ([{"key": "aws:cloudformation"}], "tags.0.key", "may not begin with aws:"),
    "key with AWS:": ([{"key": "AWS:x"}], "tags.0.key", "may not begin with aws:"),
    "value with aws:": ([{"key": "k", "value": "Aws:x"}], "tags.0.value", "may not begin with aws:"),
    "key twice": ([{"key": "k"}, {"key": "k", "value": "2"}], "tags.1.key", "Duplicate tag keys found"),
    "empty key": ([{"key": "", "value": "v"}], "tags.0.key", "must not be empty"),
    "no key": ([{"value": "v"}], "tags.0.key", "must not be empty"),
    "markup in a key": ([{"key": "<b>"}], "tags.0.key", "letters, digits, spaces"),
    "control character": ([{"key": "k", "value": "a\x1b[31m"}], "tags.0.value", "letters, digits, spaces"),
    "new line": ([{"key": "k\n"}], "tags.0.key", "letters, digits, spaces"),
}


@pytest.mark.parametrize("case", BAD_TAGS)
def test_tags_are_limited(case: str) -> None:
    tags, field, said = BAD_TAGS[case]

    with pytest.raises(InvalidParameterException, match=said) as refused:
        checked_tags(tags)

    assert refused.value.field == field


def test_the_longest_and_the_most_are_taken_and_a_value_may_be_left_out() -> None:
    assert checked_tags(FIFTY) == FIFTY
    assert checked_tags([{"key": "팀/a_b.c:d=e+f-g@h" + "k" * 110, "value": "값 " * 128}])
    assert checked_tags([{"key": "k"}]) == [{"key": "k", "value": ""}]


def test_a_key_that_is_there_gets_the_new_value_in_its_place() -> None:
    given = [{"key": "a", "value": "2"}, {"key": "c", "value": "3"}]

    assert merged([{"key": "a", "value": "1"}, {"key": "b", "value": "1"}], given) == [
        {"key": "a", "value": "2"},
        {"key": "b", "value": "1"},
        {"key": "c", "value": "3"},
    ]


def test_a_resource_has_at_most_fifty_tags_over_all_calls() -> None:
    assert merged(FIFTY, [{"key": "k3", "value": "new"}])[3] == {"key": "k3", "value": "new"}
    with pytest.raises(LimitExceededException):
        merged(FIFTY, [{"key": "one more", "value": ""}])


def test_a_key_that_is_not_there_is_removed_without_an_error() -> None:
    assert without([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}], ["a", "x"]) == [{"key": "b", "value": "2"}]
