"""Published ports in ECS's shape (`ecs-facts.md` 2.5)."""

from __future__ import annotations

from ecsweb.domain.port_bindings import BoundPort, network_bindings

RANGE = {"containerPortRange": "8080-8082", "protocol": "tcp"}


def bound(container_port: int, host_port: int, protocol: str = "tcp") -> BoundPort:
    return BoundPort("127.0.0.1", container_port, host_port, protocol)


def test_a_range_whose_host_ports_follow_each_other_is_one_binding_with_a_host_port_range() -> None:
    ports = [bound(80, 49000), bound(8080, 50000), bound(8081, 50001), bound(8082, 50002)]

    assert network_bindings(ports, [RANGE]) == [
        {"bindIP": "127.0.0.1", "containerPort": 80, "hostPort": 49000, "protocol": "tcp"},
        {
            "bindIP": "127.0.0.1",
            "protocol": "tcp",
            "containerPortRange": "8080-8082",
            "hostPortRange": "50000-50002",
        },
    ]


def test_a_range_whose_host_ports_do_not_follow_each_other_is_a_binding_for_each_port() -> None:
    ports = [bound(8080, 50000), bound(8081, 50007), bound(8082, 50002), bound(8080, 50000, "udp")]

    assert [binding.get("hostPort") for binding in network_bindings(ports, [RANGE])] == [50000, 50007, 50002, 50000]


def test_without_ports_there_are_no_bindings() -> None:
    assert network_bindings([], [RANGE]) == []
