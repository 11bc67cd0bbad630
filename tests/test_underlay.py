"""Ways through the underlay, from routes and addresses alone."""

from __future__ import annotations

from typing import Any

from vxcheck import fabric, schema, underlay
from vxcheck.underlay import Hop, Underlay, Way


def fabric_with(routes: list[dict[str, Any]], addresses: list[tuple[str, str, str]] = []) -> fabric.Fabric:  # noqa: B006
    made = fabric.empty()
    columns = ["device", "destination", "gateway", "interface", "metric", "kind"]
    rows = [tuple(route.get(name) for name in columns) for route in routes]
    fabric.insert(made.connection, "routes", columns, rows)
    fabric.insert(made.connection, "addresses", ["device", "interface", "address"], addresses)
    return made


def route(
    device: str, destination: str, interface: str = "eth0", gateway: str | None = None, **more: Any
) -> dict[str, Any]:
    return {"device": device, "destination": destination, "interface": interface, "gateway": gateway, **more}


def ways(routes: list[dict[str, Any]], destination: str) -> list[tuple[str | None, str | None]]:
    found = Underlay.of(fabric_with(routes).connection).ways("leaf1", destination)
    return [(way.route, way.out_interface) for way in found]


def test_the_longest_prefix_wins_then_the_lowest_metric() -> None:
    routes = [
        route("leaf1", "default", "eth9", "10.0.0.254"),
        route("leaf1", "10.0.0.0/8", "eth8"),
        route("leaf1", "10.1.0.0/16", "eth7", metric=20),
        route("leaf1", "10.1.0.0/16", "eth6", metric=10),
        route("leaf1", "10.1.2.3", "eth5"),
    ]
    assert ways(routes, "10.1.2.3") == [("10.1.2.3", "eth5")]
    assert ways(routes, "10.1.2.4") == [("10.1.0.0/16", "eth6")]
    assert ways(routes, "10.2.0.1") == [("10.0.0.0/8", "eth8")]
    assert ways(routes, "192.0.2.1") == [("default", "eth9")]


def test_several_next_hops_and_none() -> None:
    routes = [
        route("leaf1", "10.1.0.0/16", "eth1", "10.0.1.1"),
        route("leaf1", "10.1.0.0/16", "eth2", "10.0.2.1"),
        route("leaf1", "10.1.9.0/24", "lo", kind="blackhole"),
    ]
    assert ways(routes, "10.1.2.3") == [("10.1.0.0/16", "eth1"), ("10.1.0.0/16", "eth2")]
    assert ways(routes, "10.1.9.1") == [("10.1.9.0/24", None)]
    assert ways(routes, "10.2.0.1") == [(None, None)]


def test_a_next_hop_without_an_interface_is_looked_up_in_its_turn() -> None:
    def through(destination: str, gateway: str, **more: Any) -> dict[str, Any]:
        return route("leaf1", destination, gateway=gateway, **more) | {"interface": None}

    routes = [
        through("10.9.0.0/24", "10.8.0.1"),
        through("10.8.0.1/32", "10.1.12.2"),
        route("leaf1", "10.1.12.0/30", "eth1"),
        through("10.7.0.0/24", "10.99.0.1"),
        through("10.6.0.0/24", "10.6.0.1"),
        through("10.5.0.0/24", "10.4.0.1"),
        route("leaf1", "10.4.0.0/24", "Null0", kind="blackhole"),
        route("leaf1", "10.3.0.0/24", "eth2", "10.1.23.2"),
        route("leaf1", "10.3.0.0/24", "eth3", "10.1.33.2"),
        through("10.2.0.0/24", "10.3.0.9"),
    ]
    assert ways(routes, "10.9.0.7") == [("10.9.0.0/24", "eth1")]
    (way,) = Underlay.of(fabric_with(routes).connection).ways("leaf1", "10.9.0.7")
    assert way.gateway == "10.1.12.2"
    # No way to the next hop, one that leads to itself, one that is dropped.
    assert [ways(routes, one) for one in ("10.7.0.1", "10.6.0.7", "10.5.0.1")] == [
        [("10.7.0.0/24", None)],
        [("10.6.0.0/24", None)],
        [("10.5.0.0/24", None)],
    ]
    assert ways(routes, "10.2.0.1") == [("10.2.0.0/24", "eth2"), ("10.2.0.0/24", "eth3")]


def test_abbreviated_interfaces_are_those_that_are_listed() -> None:
    # Two could be meant by E9, and Eth7 is another device's.
    same = {"Vlan10": "Vlan10", "E9": "E9", "Eth7": "Eth7"}
    short = {"Eth1/1": "Ethernet1/1", "Po1": "port-channel1", "Lo0": "loopback0", **same}
    made = fabric_with([route("leaf1", f"10.{i}.0.0/16", name) for i, name in enumerate(short)])
    links = [
        "Ethernet1/1",
        "Ethernet1/11",
        "port-channel1",
        "port-channel11",
        "loopback0",
        "Vlan10",
        "Eth9",
        "Ethernet9",
    ]
    fabric.insert(made.connection, "links", ["device", "interface"], [("leaf1", one) for one in links])
    fabric.insert(made.connection, "links", ["device", "interface"], [("leaf2", "Ethernet7")])
    made.connection.execute(schema.text("derived.sql"))
    found = made.connection.execute("SELECT interface FROM routes ORDER BY destination").fetchall()
    assert [one for (one,) in found] == list(short.values())


def test_a_default_route_is_of_its_next_hops_family() -> None:
    routes = [route("leaf1", "default", "eth0", "10.0.0.254"), route("leaf1", "default", "eth1", "fe80::1")]
    assert ways(routes, "192.0.2.1") == [("default", "eth0")]
    assert ways(routes, "2001:db8::1") == [("default", "eth1")]
    without = [route("leaf1", "default", "ppp0"), route("leaf1", "fe80::/64", "eth1")]
    assert ways(without, "192.0.2.1") == ways(without, "2001:db8::1") == [("default", "ppp0")]


def test_nothing_is_missing_in_a_family_of_which_no_route_is_shown() -> None:
    shown = Underlay.of(fabric_with([route("leaf1", "10.0.0.0/8")]).connection)
    assert shown.shows("leaf1", "192.0.2.1")
    assert not shown.shows("leaf1", "2001:db8::1")


def test_hops_end_at_the_destination_at_a_stranger_and_in_a_loop() -> None:
    routes = [
        route("leaf1", "10.2.0.0/16", "eth0", "10.0.1.254"),
        route("spine", "10.2.0.0/16", "eth2", "10.0.2.1"),
        route("leaf2", "10.2.0.0/16", "lo"),
        route("leaf1", "10.3.0.0/16", "eth0", "10.0.1.254"),
        route("spine", "10.3.0.0/16", "eth1", "10.0.1.1"),
        route("leaf1", "10.4.0.0/16", "eth0", "10.0.1.253"),
    ]
    addresses = [
        ("leaf1", "eth0", "10.0.1.1"),
        ("spine", "eth1", "10.0.1.254"),
        ("leaf2", "eth0", "10.0.2.1"),
        ("leaf2", "lo", "10.2.0.1"),
    ]
    found = Underlay.of(fabric_with(routes, addresses).connection)

    def names(destination: str) -> list[str | None]:
        return [hop.hop_device for hop in found.hops("leaf1", destination)]

    def end(destination: str) -> str | None:
        return found.hops("leaf1", destination)[-1].ends

    assert (names("10.2.0.1"), end("10.2.0.1")) == (["leaf1", "spine"], "arrived")
    assert (names("10.3.0.1"), end("10.3.0.1")) == (["leaf1", "spine"], "loop")
    assert (names("10.4.0.1"), end("10.4.0.1")) == (["leaf1", None], "unknown")
    assert found.hops("leaf1", "10.2.0.1") == [
        Hop("leaf1", "10.2.0.1", 1, "leaf1", "eth0", None, "10.2.0.0/16", "10.0.1.254", None),
        Hop("leaf1", "10.2.0.1", 2, "spine", "eth2", None, "10.2.0.0/16", "10.0.2.1", "arrived"),
    ]


def test_a_way_ends_where_a_router_has_none_on() -> None:
    routes = [
        route("leaf1", "10.0.0.0/8", "eth0", "10.9.1.254"),
        route("leaf1", "2001:db8::/32", "eth0", "2001:db8:1::254"),
        route("leaf1", "10.7.0.0/16", "eth0", "10.9.1.1"),
        route("leaf1", "10.8.0.0/16", "eth0"),
        route("leaf1", "nonsense", "eth0"),
        route("spine", "10.5.0.0/16", kind="blackhole"),
        route("spine", "10.9.0.0/16", "eth1"),
        route("leaf1", "10.6.0.0/16", "eth0", "10.9.1.253"),
    ]
    addresses = [
        ("leaf1", "eth0", "10.9.1.1"),
        ("spine", "eth1", "10.9.1.254"),
        ("spine", "eth1", "2001:db8:1::254"),
        ("quiet", "eth1", "10.9.1.253"),
    ]
    found = Underlay.of(fabric_with(routes, addresses).connection)

    def last(destination: str) -> tuple[str | None, str | None]:
        hop = found.hops("leaf1", destination)[-1]
        return hop.hop_device, hop.ends

    assert last("10.4.0.1") == ("spine", "no route")
    assert last("10.5.0.1") == ("spine", "blackhole")
    # A router of whose routes none, or none of the family, is shown has none missing.
    assert last("10.6.0.1") == ("quiet", "unknown")
    assert last("2001:db8:2::1") == ("spine", "unknown")
    assert last("10.7.0.1") == ("leaf1", "loop")
    assert last("10.8.0.1") == ("leaf1", "arrived")
    assert found.ways("nobody", "10.8.0.1") == [Way("nobody", "10.8.0.1")]


def test_rows_of_the_tables() -> None:
    made = fabric_with([route("leaf1", "10.0.0.0/8")])
    fabric.insert(made.connection, "flood_lists", ["device", "interface", "peer"], [("leaf1", "vxlan0", "10.0.0.2")])
    fabric.insert(made.connection, "flood_lists", ["device", "interface", "peer"], [("leaf1", "vxlan0", "239.0.0.1")])
    ((found, hops),) = underlay.trace(made.connection)
    assert found == [Way("leaf1", "10.0.0.2", "10.0.0.0/8", None, "eth0", None)]
    assert [hop.hop_device for hop in hops] == ["leaf1"]
