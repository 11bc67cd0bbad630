"""Hold what is compared as a whole to what is compared entry by entry, on fabrics made by chance."""

from __future__ import annotations

import random
from typing import Any

import pytest

from vxcheck import check, fabric, pages
from vxcheck.fabric import Fabric

CHECKS = {
    name: checked
    for name, checked in pages.load().items()
    if name
    in {
        "evpn_flood_list_differs",
        "flood_list_incomplete",
        "flood_list_self",
        "flood_list_stranger",
        "group_joined_elsewhere",
        "mac_behind_wrong_vtep",
        "mac_duplicate",
        "mac_not_learned",
        "peer_address_stale",
        "remote_vtep_missing",
    }
}
# Without them, every check looks at every entry.
SHORTCUTS = ("whole_flood_lists", "fully_known_vnis", "settled_macs")
TABLES = ("addresses", "bgp_evpn_vnis", "devices", "evpn_remote_vteps", "flood_lists", "macs", "remote_macs")
Rows = dict[str, list[dict[str, Any]]]


def made_by_chance(seed: int) -> Rows:
    """Return the rows of a small fabric in which most lists and tables are right, and anything may be wrong."""
    chance = random.Random(seed)

    def rare() -> bool:
        return chance.random() < 0.06

    leaves = [f"leaf{number}" for number in range(chance.randint(2, 5))]
    rows: Rows = {name: [] for name in (*TABLES, "bridges", "remote_vteps", "vnis", "vteps", "bgp_evpn")}
    members: dict[int, list[tuple[str, str]]] = {}
    address_of: dict[str, str | None] = {}
    for number, leaf in enumerate(leaves):
        eos = chance.random() < 0.5
        rows["devices"].append({"device": leaf, "platform": "arista_eos" if eos else "linux", "condition": "collected"})
        # Some share an address, as an MLAG pair does; some show none.
        address = None if rare() else f"10.0.0.{chance.randint(1, number + 1) if chance.random() < 0.2 else number + 1}"
        address_of[leaf] = address
        owned = [address] if address and not rare() else []
        owned += [f"10.0.0.{chance.randint(1, 5)}"] if rare() else []
        for one in owned:
            rows["addresses"].append({"device": leaf, "interface": "lo", "address": one, "evidence": number + 1})
        for vni in (10, 20):
            interface = "Vxlan1" if eos else f"vxlan{vni}"
            known = {(row["device"], row["interface"]) for row in rows["vteps"]}
            if (leaf, interface) not in known:
                rows["vteps"].append(
                    {
                        "device": leaf,
                        "interface": interface,
                        "vtep_ip": address,
                        "bum_mode": "head-end" if eos else None,
                        "flags": None if eos else "UP",
                        "virtual_vtep_ip": "10.9.9.9" if rare() else None,
                        "remote": f"10.0.0.{chance.randint(1, 5)}" if rare() else None,
                    }
                )
            if chance.random() < 0.85:
                members.setdefault(vni, []).append((leaf, interface))
                rows["vnis"].append(
                    {"device": leaf, "interface": interface, "vni": vni, "evidence": vni}
                    | ({"vlan": vni} if eos else {"bridge": f"br{vni}"})
                )
    for vni, here in members.items():
        for leaf, interface in here:
            others = {address_of[other] for other, _ in here} - {address_of[leaf], None}
            wanted = [str(one) for one in sorted(filter(None, others)) if not rare()]
            wanted += [f"10.0.0.{chance.randint(1, 6)}"] if rare() else []
            wanted += ["239.1.1.1"] if rare() else []
            eos = interface == "Vxlan1"
            for peer in wanted:
                key = {"vlan": vni} if eos else {"vni": vni if rare() else None}
                rows["flood_lists"].append({"device": leaf, "interface": interface, "peer": peer, "evidence": 5, **key})
                if chance.random() < 0.5:
                    rows["remote_vteps"].append({"device": leaf, "interface": interface, "peer": peer, "evidence": 6})
            if chance.random() < 0.3:
                rows["bgp_evpn_vnis"].append({"device": leaf, "vni": vni, "kind": "L2", "in_kernel": True})
                rows["evpn_remote_vteps"] += [
                    {"device": leaf, "vni": vni, "peer": peer} for peer in wanted if not rare()
                ]
        for host in range(chance.randint(0, 4)):
            mac = f"02:00:00:00:{host:02}:{vni}"
            owners = chance.sample(here, min(len(here), 2 if rare() else 1))
            for leaf, interface in here:
                eos = interface == "Vxlan1"
                if (leaf, interface) in owners:
                    port = {"interface": "Et1", "vlan": vni} if eos else {"interface": "eth1", "bridge": f"br{vni}"}
                    rows["macs"] += [{"device": leaf, "mac": mac, **port}] * (2 if rare() else 1)
                if (leaf, interface) not in owners or rare():
                    behind = f"10.0.0.{chance.randint(1, 6)}" if rare() else address_of[owners[0][0]]
                    row = {
                        "device": leaf,
                        "interface": interface,
                        "mac": mac,
                        "peer": behind,
                        "vlan": vni if eos else None,
                    }
                    rows["remote_macs"] += [row] * (0 if rare() or not behind else 2 if rare() else 1)
    return rows


def filled(rows: Rows) -> Fabric:
    """Return a fabric of these rows, in which every table is complete."""
    made = fabric.empty()
    made.sources = [("leaf0", "show", [])]
    for name, told in rows.items():
        columns = sorted({column for row in told for column in row})
        if told:
            fabric.insert(made.connection, name, columns, [tuple(row.get(c) for c in columns) for row in told])
    tables = [row[0] for row in made.query("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")[1]]
    covered = [(row["device"], table, True, "") for row in rows["devices"] for table in tables]
    fabric.insert(made.connection, "coverage", ["device", "table_name", "covered", "reason"], covered)
    return made


def compare_entries(made: Fabric) -> None:
    """Let every check look at every entry."""
    for name in SHORTCUTS:
        made.connection.execute(f"CREATE OR REPLACE VIEW {name} AS FROM ({made.views[name]}) WHERE false")
    made.__dict__.pop("views")


def told(made: Fabric) -> list[tuple[object, ...]]:
    """Return what the checks say, with how much they examined."""
    return sorted(
        (one.check, one.device, one.status, one.examined, one.reason, sorted(f.message for f in one.findings))
        for one in check.run(made, CHECKS).results
    )


@pytest.mark.parametrize("first", range(0, 20, 5))
def test_a_list_compared_as_a_whole_is_told_as_one_compared_by_its_entries(first: int) -> None:
    whole = 0
    for seed in range(first, first + 5):
        rows = made_by_chance(seed)
        made, other = filled(rows), filled(rows)
        for name in SHORTCUTS:
            (count,) = made.connection.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
            whole += count
        compare_entries(other)
        assert told(made) == told(other), f"seed {seed}"
    assert whole > 20
