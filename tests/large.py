"""Make a large fabric straight in DuckDB: VTEPs, VNIs and MAC rows; healthy, with a few faults or wholly broken.

VTEP 1 is a Linux one, and every fourth after it; the others are EOS. VNIs have from a few members to all. All VTEPs
hang on one spine. Every host is on a port of one VTEP and behind it on all others of its VNI.
"""

from __future__ import annotations

from dataclasses import dataclass

from vxcheck import fabric, loading, schema
from vxcheck.fabric import Fabric

_UNREAD = ("bgp_evpn", "bgp_evpn_vnis", "bgp_evpn_neighbors", "evpn_import_targets", "evpn_remote_vteps", "evpn_vnis")
UP = "BROADCAST,MULTICAST,UP,LOWER_UP"


@dataclass(frozen=True)
class Size:
    """Say how large a fabric is: `mac_rows` counts those of `macs` and `remote_macs` together, roughly."""

    vteps: int
    vnis: int
    mac_rows: int


def leaf(number: int) -> str:
    """Return the name of the VTEP of that number, from 1."""
    return f"leaf{number:04}"


def load(size: Size, made: Fabric | None = None) -> Fabric:
    """Return a fabric without a fault, every table complete and the underlay traced."""
    made = made or fabric.empty(size=fabric.SMALL)
    run = made.connection.execute
    run(
        """
        CREATE TEMP TABLE leaf AS
        SELECT 'leaf' || format('{:04d}', n) AS device, n, n % 4 <> 1 AS eos,
               '10.255.' || (n // 250) || '.' || (n % 250 + 1) AS vtep_ip,
               '10.' || (1 + n // 250) || '.' || (n % 250) || '.' AS link, (n << 32)::UBIGINT AS text
        FROM range(1, ? + 1) AS t (n)
        """,
        [size.vteps],
    )
    run(
        """
        CREATE TEMP TABLE member AS
        SELECT l.*, v AS vlan, 10000 + v AS vni, CASE WHEN eos THEN 'Vxlan1' ELSE 'vxlan' || v END AS interface,
               CASE WHEN NOT eos THEN 'br' || v END AS bridge, count(*) OVER (PARTITION BY v) AS members,
               row_number() OVER (ORDER BY v, n) AS place
        FROM leaf AS l, range(1, ? + 1) AS t (v)
        WHERE n <= 2 OR v = ? OR hash(n * 4099 + v) % 1000000 < 1000000 * pow((v - 0.5) / ?, 2.25)
        """,
        [size.vnis, size.vnis, size.vnis],
    )
    run(
        """
        CREATE TEMP TABLE host AS
        WITH total AS (SELECT sum(members - 1) * 1.75 + count(*) AS one_each, count(*) AS places FROM member)
        SELECT m.*, h, '02:00:' || regexp_replace(format('{:08x}', h), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4') AS mac
        FROM total, range((? / one_each * places)::BIGINT) AS t (h)
        JOIN member AS m ON m.place = 1 + h * 7919 % places
        """,
        [size.mac_rows],
    )
    for statement in _STATEMENTS:
        run(statement)
    for table in schema.tables():
        run(
            "INSERT INTO coverage (device, table_name, covered, reason) "
            "SELECT device, ?, CASE WHEN platform <> 'arista_eos' OR NOT ? THEN true END, '' FROM devices",
            [table, table in _UNREAD],
        )
    for table in ("leaf", "member", "host"):
        run(f"DROP TABLE temp.{table}")
    made.sources = [(leaf(number), "show", []) for number in range(size.vteps + 1)]
    loading.trace_underlay(made.connection)
    return made


def break_a_few(made: Fabric) -> set[tuple[str, str]]:
    """Plant a few faults, and return which checks must accuse whom of them."""
    two, three = leaf(2), leaf(3)
    host, owner = made.connection.execute(
        "SELECT min(mac), min_by(device, mac) FROM macs JOIN vteps USING (device) "
        "WHERE bum_mode = 'head-end' AND macs.interface = 'Po3' AND device NOT IN (?, ?)",
        [two, three],
    ).fetchone() or ("", "")
    (learner,) = made.connection.execute(
        "SELECT min(device) FROM remote_macs WHERE mac = ? AND device NOT IN (?, ?)", [host, two, three]
    ).fetchone() or ("",)
    for statement in (
        f"UPDATE vteps SET udp_port = 8472 WHERE device = '{two}'",
        f"""DELETE FROM flood_lists WHERE device = '{two}' AND vlan = (SELECT max(vlan) FROM flood_lists)
                AND peer = (SELECT vtep_ip FROM vteps WHERE device = '{three}')""",
        f"""UPDATE remote_macs SET peer = (SELECT vtep_ip FROM vteps WHERE device = '{three}')
            WHERE device = '{learner}' AND mac = '{host}'""",
        f"DELETE FROM remote_macs WHERE device = '{two}' AND mac = '{host}'",
    ):
        made.connection.execute(statement)
    assert owner
    return {
        ("udp_port_mismatch", two),
        ("flood_list_incomplete", two),
        ("mac_behind_wrong_vtep", learner),
        ("mac_not_learned", two),
    }


def break_all(made: Fabric) -> None:
    """Leave nobody's flood list, MAC table or UDP port right."""
    for statement in (
        "DELETE FROM flood_lists",
        "DELETE FROM remote_vteps",
        "DELETE FROM remote_macs",
        "UPDATE vteps SET udp_port = 4000 + hash(device) % 1000",
        "UPDATE links SET oper_state = 'down', flags = 'BROADCAST,MULTICAST'",
        "UPDATE vnis SET bridge = NULL WHERE bridge IS NOT NULL",
    ):
        made.connection.execute(statement)


_STATEMENTS = (
    """
    INSERT INTO devices (device, platform, condition)
    SELECT device, CASE WHEN eos THEN 'arista_eos' ELSE 'linux' END, 'collected' FROM temp.leaf
    UNION ALL SELECT 'spine1', 'linux', 'collected'
    """,
    f"""
    INSERT INTO links (device, interface, flags, admin_state, oper_state, mtu, evidence)
    SELECT device, CASE WHEN eos THEN 'Et1' ELSE 'eth1' END, CASE WHEN NOT eos THEN '{UP}' END, 'up', 'up', 9214,
           text + 1 FROM temp.leaf
    UNION ALL
    SELECT device, CASE WHEN eos THEN 'Lo1' ELSE 'lo' END, CASE WHEN NOT eos THEN '{UP}' END, 'up', 'up', 65535,
           text + 2 FROM temp.leaf
    UNION ALL
    SELECT 'spine1', 'eth' || n, '{UP}', 'up', 'up', 9214, n FROM temp.leaf
    """,
    f"""
    INSERT INTO links (device, interface, flags, admin_state, oper_state, mtu, master, evidence)
    SELECT device, u.interface, '{UP}', 'up', 'up', 1500, bridge, text + 100 + vlan
    FROM temp.member, LATERAL (VALUES (interface), ('eth3.' || vlan)) AS u (interface) WHERE NOT eos
    """,
    """
    INSERT INTO addresses (device, interface, address, prefix_length, scope, evidence)
    SELECT device, CASE WHEN eos THEN 'Et1' ELSE 'eth1' END, link || '1', 31, 'global', text + 3 FROM temp.leaf
    UNION ALL
    SELECT device, CASE WHEN eos THEN 'Lo1' ELSE 'lo' END, vtep_ip, 32, 'global', text + 4 FROM temp.leaf
    UNION ALL
    SELECT 'spine1', 'eth' || n, link || '0', 31, 'global', 1000 + n FROM temp.leaf
    """,
    """
    INSERT INTO routes (device, destination, gateway, interface, metric, evidence)
    SELECT device, '10.255.0.0/16', link || '0', CASE WHEN eos THEN 'Et1' ELSE 'eth1' END, 20, text + 5 FROM temp.leaf
    UNION ALL
    SELECT device, vtep_ip || '/32', NULL, CASE WHEN eos THEN 'Lo1' ELSE 'lo' END, 0, text + 6 FROM temp.leaf
    UNION ALL
    SELECT 'spine1', vtep_ip || '/32', link || '1', 'eth' || n, 20, 2000 + n FROM temp.leaf
    """,
    """
    INSERT INTO vteps (device, interface, admin_state, oper_state, source_interface, vtep_ip, udp_port, bum_mode,
                       learning, evidence)
    SELECT device, 'Vxlan1', 'up', 'up', 'Lo1', vtep_ip, 4789, 'head-end', 'data plane', text + 7
    FROM temp.leaf WHERE eos
    """,
    """
    INSERT INTO vteps (device, interface, flags, vtep_ip, udp_port, ageing, ttl, gbp, gpe, evidence)
    SELECT device, interface, 'UP,LOWER_UP', vtep_ip, 4789, 300, '64', false, false, text + 7
    FROM temp.member WHERE NOT eos
    """,
    """
    INSERT INTO vnis (device, interface, vni, vlan, bridge, evidence)
    SELECT device, interface, vni, CASE WHEN eos THEN vlan END, bridge, text + 1000 + vlan FROM temp.member
    """,
    """
    INSERT INTO bridges (device, bridge, ageing, vlan_filtering)
    SELECT device, bridge, 300, 0 FROM temp.member WHERE NOT eos
    """,
    """
    INSERT INTO bridge_ports (device, bridge, interface, stp_state, learning, flooding, mcast_flooding, bcast_flooding)
    SELECT device, bridge, u.interface, 'forwarding', true, true, true, true
    FROM temp.member, LATERAL (VALUES (interface), ('eth3.' || vlan)) AS u (interface) WHERE NOT eos
    """,
    """
    INSERT INTO flood_lists (device, interface, vlan, peer, evidence)
    SELECT a.device, a.interface, CASE WHEN a.eos THEN a.vlan END, b.vtep_ip, a.text + 10000 + a.vlan
    FROM temp.member AS a JOIN temp.member AS b ON b.vlan = a.vlan AND b.n <> a.n ORDER BY a.n, a.vlan
    """,
    """
    INSERT INTO remote_vteps (device, interface, peer, evidence)
    SELECT DISTINCT a.device, a.interface, b.vtep_ip, a.text + 20000
    FROM temp.member AS a JOIN temp.member AS b ON b.vlan = a.vlan AND b.n <> a.n WHERE a.eos
    """,
    """
    INSERT INTO macs (device, vlan, bridge, interface, mac, kind, moves, age, evidence)
    SELECT device, CASE WHEN eos THEN vlan END, bridge, CASE WHEN eos THEN 'Po3' ELSE 'eth3.' || vlan END, mac,
           CASE WHEN eos THEN 'DYNAMIC' END, CASE WHEN eos THEN 1 END, 7, text + 30000 + h
    FROM temp.host ORDER BY n
    """,
    """
    INSERT INTO macs (device, vlan, interface, mac, kind, moves, age, evidence)
    SELECT m.device, m.vlan, 'Vx1', h.mac, 'DYNAMIC', 1, 7, m.text + 40000 + h.h
    FROM temp.member AS m JOIN temp.host AS h ON h.vlan = m.vlan AND h.n <> m.n WHERE m.eos
    """,
    """
    INSERT INTO remote_macs (device, interface, vlan, mac, peer, kind, moves, age, evidence)
    SELECT m.device, m.interface, CASE WHEN m.eos THEN m.vlan END, h.mac, h.vtep_ip,
           CASE WHEN m.eos THEN 'DYNAMIC' ELSE 'dynamic' END, CASE WHEN m.eos THEN 1 END, CASE WHEN m.eos THEN 7 END,
           m.text + 50000 + h.h
    FROM temp.member AS m JOIN temp.host AS h ON h.vlan = m.vlan AND h.n <> m.n
    """,
)
