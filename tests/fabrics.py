"""Make whole fabrics, as rows of tables: MLAG pairs of EOS with anycast gateways, and Linux VTEPs beside them.

Every pair is one VTEP: two leaves with one VTEP address, hosts on both of them, and one host on the first alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from vxcheck import fabric, loading, schema
from vxcheck.fabric import Fabric

VLANS = range(100, 105)
GATEWAY_MAC = "00:1c:73:00:00:99"
HOSTS = 2
_UNREAD = ("bgp_evpn", "bgp_evpn_vnis", "bgp_evpn_neighbors", "evpn_import_targets", "evpn_remote_vteps", "evpn_vnis")


@dataclass(frozen=True)
class Leaf:
    """Describe a VTEP: `site` is what it shares with its MLAG peer, `first` has the host with one link."""

    name: str
    number: int
    site: int
    eos: bool
    first: bool = True

    @property
    def vtep_ip(self) -> str:
        """Return its VTEP address, its pair's."""
        return f"10.255.1.{self.site}"

    @property
    def local(self) -> dict[str, str]:
        """Return its hosts' last bytes by the port that they are on."""
        bond = {f"{self.site:02x}:{host:02x}": "Po3" if self.eos else "eth3" for host in range(HOSTS)}
        # The host on one link of a pair is behind the link between the two on the other leaf.
        return {**bond, f"{self.site:02x}:fe": "Et5" if self.first else "Po1000"} if self.eos else bond


@dataclass
class Rows:
    """Gather rows by table."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, **row: Any) -> None:
        """Add one row."""
        self.tables[table].append(row)

    def load(self) -> Fabric:
        """Return the fabric, every table complete, with the underlay traced."""
        made = fabric.empty(size=fabric.SMALL)
        platforms = {row["device"]: row["platform"] for row in self.tables["devices"]}
        for device, platform in platforms.items():
            for table in schema.tables():
                # EOS has no vtysh.
                covered = None if platform == "arista_eos" and table in _UNREAD else True
                self.add("coverage", device=device, table_name=table, covered=covered, reason="")
        for name, rows in self.tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            fabric.insert(made.connection, name, columns, [tuple(row.get(c) for c in columns) for row in rows])
        loading.trace_underlay(made.connection)
        return made


def pairs(count: int, *, evpn: bool = False) -> list[Leaf]:
    """Return the leaves of so many MLAG pairs; `evpn` makes every fourth site a Linux VTEP without a peer."""
    leaves: list[Leaf] = []
    for site in range(1, count + 1):
        linux = evpn and site % 4 == 0
        for first in (True,) if linux else (True, False):
            number = len(leaves) + 1
            leaves.append(Leaf(f"leaf{number:02}", number, site, not linux, first))
    return leaves


def healthy(leaves: list[Leaf], *, evpn: bool = False) -> Rows:
    """Return the rows of a fabric in which nothing is wrong."""
    rows = Rows()
    _spine(rows, leaves)
    for leaf in leaves:
        (_eos if leaf.eos else _linux)(rows, leaf, evpn)
        _underlay(rows, leaf)
        others = sorted({other.vtep_ip for other in leaves} - {leaf.vtep_ip})
        for vlan in VLANS:
            _members(rows, leaf, vlan, others)
            for other in {other.site: other for other in leaves if other.first and other.site != leaf.site}.values():
                for host in other.local:
                    _remote(rows, leaf, vlan, host, other.vtep_ip, evpn)
    return rows


def mac(vlan: int, host: str) -> str:
    """Return a host's MAC address."""
    return f"02:00:00:{vlan:02x}:{host}"


def _spine(rows: Rows, leaves: list[Leaf]) -> None:
    rows.add("devices", device="spine1", platform="linux", condition="collected")
    for leaf in leaves:
        port = f"eth{leaf.number}"
        rows.add("links", device="spine1", interface=port, flags="BROADCAST,MULTICAST,UP,LOWER_UP", mtu=9214)
        rows.add("addresses", device="spine1", interface=port, address=f"10.1.{leaf.number}.0", scope="global")
        for destination in (f"{leaf.vtep_ip}/32", f"10.255.0.{leaf.number}/32"):
            rows.add(
                "routes",
                device="spine1",
                destination=destination,
                gateway=f"10.1.{leaf.number}.1",
                interface=port,
                metric=20,
            )


def _underlay(rows: Rows, leaf: Leaf) -> None:
    name, up = leaf.name, {} if leaf.eos else {"flags": "BROADCAST,MULTICAST,UP,LOWER_UP"}
    port, loopback, shared = ("Et1", "Lo0", "Lo1") if leaf.eos else ("eth1", "lo", "lo")
    rows.add("links", device=name, interface=port, mtu=9214, admin_state="up", oper_state="up", **up)
    rows.add("links", device=name, interface=shared, mtu=65535, admin_state="up", oper_state="up", **up)
    rows.add(
        "addresses", device=name, interface=port, address=f"10.1.{leaf.number}.1", prefix_length=31, scope="global"
    )
    rows.add("addresses", device=name, interface=loopback, address=f"10.255.0.{leaf.number}", prefix_length=32)
    rows.add("addresses", device=name, interface=shared, address=leaf.vtep_ip, prefix_length=32)
    rows.add(
        "routes", device=name, destination="10.255.0.0/16", gateway=f"10.1.{leaf.number}.0", interface=port, metric=20
    )
    rows.add("routes", device=name, destination=f"{leaf.vtep_ip}/32", interface=shared, metric=0)


def _eos(rows: Rows, leaf: Leaf, evpn: bool) -> None:
    name = leaf.name
    rows.add("devices", device=name, platform="arista_eos", condition="collected")
    rows.add(
        "vteps",
        device=name,
        interface="Vxlan1",
        admin_state="up",
        oper_state="up",
        source_interface="Lo1",
        vtep_ip=leaf.vtep_ip,
        udp_port=4789,
        bum_mode="head-end",
        learning="EVPN" if evpn else "data plane",
        mlag=True,
        router_mac=f"02:1c:73:00:{leaf.site:02x}:01",
    )
    rows.add("mlag", device=name, domain=f"pair{leaf.site}", state="Active", negotiation_status="Connected")
    for vlan in VLANS:
        rows.add("virtual_gateways", device=name, interface=f"Vlan{vlan}", address=f"192.168.{vlan}.1", mac=GATEWAY_MAC)
        for vendor_mac in (GATEWAY_MAC, f"02:1c:73:00:{leaf.site:02x}:01"):
            rows.add("macs", device=name, vlan=vlan, interface="Router", mac=vendor_mac, kind="STATIC")


def _linux(rows: Rows, leaf: Leaf, evpn: bool) -> None:
    name = leaf.name
    rows.add("devices", device=name, platform="linux", condition="collected")
    learning = "nolearning" if evpn else None
    for vlan in VLANS:
        vxlan, bridge = f"vxlan{vlan}", f"br{vlan}"
        up = {"flags": "BROADCAST,MULTICAST,UP,LOWER_UP", "mtu": 1500}
        rows.add(
            "vteps",
            device=name,
            interface=vxlan,
            flags="UP,LOWER_UP",
            vtep_ip=leaf.vtep_ip,
            udp_port=4789,
            learning=learning,
            ageing=300,
            ttl="64",
            gbp=False,
            gpe=False,
        )
        rows.add("bridges", device=name, bridge=bridge, ageing=300.0, vlan_filtering=0)
        rows.add("links", device=name, interface=bridge, **up)
        for port in (vxlan, f"eth3.{vlan}"):
            rows.add("links", device=name, interface=port, master=bridge, **up)
            rows.add(
                "bridge_ports",
                device=name,
                bridge=bridge,
                interface=port,
                stp_state="forwarding",
                learning=port != vxlan or not evpn,
                flooding=True,
                mcast_flooding=True,
                bcast_flooding=True,
            )


def _members(rows: Rows, leaf: Leaf, vlan: int, others: list[str]) -> None:
    name, vni = leaf.name, 10000 + vlan
    keys = {"interface": "Vxlan1", "vlan": vlan} if leaf.eos else {"interface": f"vxlan{vlan}"}
    rows.add("vnis", device=name, vni=vni, **keys, bridge=None if leaf.eos else f"br{vlan}")
    for peer in others:
        rows.add("flood_lists", device=name, peer=peer, **keys)
        if leaf.eos and vlan == VLANS[0]:
            rows.add("remote_vteps", device=name, interface="Vxlan1", peer=peer)
    for host, port in leaf.local.items():
        place = (
            {"vlan": vlan, "interface": port} if leaf.eos else {"bridge": f"br{vlan}", "interface": f"{port}.{vlan}"}
        )
        kind, moves = ("DYNAMIC", 1) if leaf.eos else (None, None)
        rows.add("macs", device=name, mac=mac(vlan, host), kind=kind, moves=moves, age=7.0, **place)


def _remote(rows: Rows, leaf: Leaf, vlan: int, host: str, peer: str, evpn: bool) -> None:
    address = mac(vlan, host)
    if leaf.eos:
        kind = "EVPN" if evpn else "DYNAMIC"
        row = {"interface": "Vxlan1", "vlan": vlan, "mac": address, "peer": peer, "kind": kind, "moves": 1, "age": 7.0}
        rows.add("remote_macs", device=leaf.name, **row)
        rows.add("macs", device=leaf.name, vlan=vlan, interface="Vx1", mac=address, kind="DYNAMIC", moves=1, age=7.0)
    else:
        kind = "extern_learn" if evpn else "dynamic"
        rows.add("remote_macs", device=leaf.name, interface=f"vxlan{vlan}", mac=address, peer=peer, kind=kind)
