from __future__ import annotations

from ecsweb.domain.container_ordering import Condition, Dependency, dependencies_of, links_of


def test_a_container_waits_for_what_it_links_to() -> None:
    container = {"links": ["db:store"], "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]}

    assert dependencies_of(container) == (
        Dependency("init", Condition.SUCCESS),
        Dependency("db", Condition.START),
    )


def test_the_alias_of_a_link_is_the_name_where_none_is_given() -> None:
    assert links_of({"links": ["db", "cache:store"]}) == (("db", "db"), ("cache", "store"))


def test_a_link_with_an_odd_alias_is_none() -> None:
    assert links_of({"links": ["db:a:b", "db:a b", ":x", ""]}) == ()
