"""Render `show vxlan counters software` and `show vxlan counters varp`."""

from __future__ import annotations

from .kernel import Switch, Vxlan

_ETHERNET = 14  # the kernel counts a VXLAN interface's bytes without the inner Ethernet header
_ENCAPSULATION = 24  # a packet, as the seed's own transcript counts it

_SOFTWARE_WIDTH = 48
_VARP = """\
arp cache installed:                    0
vxlan encapsulated arps:                0
arp reply to vArp mac and vArp vtep:    0
arp reply RX:                           0
arp reply head-end-replicated:          0
arp reply TX:                           0
arp request decaped and sent:           0

arp cache install err                   0
arp request decap and send TX err:      0
unknown cpu port id:                    0
packet too short:                       0
unexpected ether type:                  0
unexpected non IP packet                0
unexpected IP prot                      0
unexpected UPD port                     0
unexpected inner packet                 0
unexpected arp reply                    0
invalid IP checksum                     0
invalid Vxlan header                    0
invalid arp packet                      0
unknown vlan to vni mapping             0
unknown source IP                       0
no BUM flood list TX err                0
arp reply to Arp agent TX err           0
"""


def show_varp() -> str:
    """Show the counters of a feature that the lab has not: all of them zero."""
    return _VARP


def show_software(switch: Switch) -> str:
    """Sum the VXLAN interfaces' statistics."""
    total = {
        name: sum(vxlan.statistics[name] for vxlan in switch.vxlans)
        for name in (
            "tx_packets", "tx_bytes", "tx_dropped", "tx_errors", "rx_packets", "rx_bytes", "rx_dropped", "rx_errors",
        )
    }  # fmt: skip
    encaped = total["tx_bytes"] + _ETHERNET * total["tx_packets"]
    decaped = total["rx_bytes"] + _ETHERNET * total["rx_packets"]
    empty = sum(vxlan.statistics["tx_dropped"] for vxlan in switch.vxlans if _floods_nowhere(vxlan))
    rows: tuple[tuple[str, int] | None, ...] = (
        ("Rx bytes for encapsulation", encaped),
        ("Rx pkts for encapsulation", total["tx_packets"] + total["tx_dropped"] + total["tx_errors"]),
        ("Encaped bytes", encaped),
        ("Encaped packets", total["tx_packets"]),
        ("Tx bytes after encapsulation", encaped + _ENCAPSULATION * total["tx_packets"]),
        ("Tx pkts after encapsulation", total["tx_packets"]),
        ("Rx dot1Q Tunnel pkts for encapsulation", 0),
        ("Rx bytes after decapsulation", decaped),
        ("Rx pkts after decapsulation", total["rx_packets"] + total["rx_dropped"] + total["rx_errors"]),
        ("Decaped bytes", decaped),
        ("Decaped packets", total["rx_packets"]),
        ("ARP bytes", 0),
        ("ARP packets", 0),
        None,
        ("Read error for pkts coming in for encapsulation", 0),
        ("Discarded runt pkts ( encap side )", 0),
        ("Discard vlan range ( encap eide )", 0),  # the switch's own spelling
        ("Discard vlan map ( encap side )", 0),
        ("Discard mlag peer link ( encap side )", 0),
        ("Discarded pkts due to empty flood list", empty),
        ("Encap send error", total["tx_errors"] + total["tx_dropped"] - empty),
        ("Encap timeout", 0),
        ("Discarded runt pkts ( decap side )", 0),
        ("Discard pkts not for vtep ( decap side )", 0),
        ("Discard bytes not for vtep ( decap side )", 0),
        ("Discard pkts with invalid vxlan header", total["rx_errors"]),
        ("Discard vlan map ( decap side )", total["rx_dropped"]),
        ("Discard VNI range ( decap side )", 0),
        ("Decap timeout", 0),
        ("Decap socket error", 0),
        ("ARP send error", 0),
    )
    lines = [f"{row[0]:<{_SOFTWARE_WIDTH}}:  {row[1]}" if row else "" for row in rows]
    return "\n".join(lines) + "\n"


def _floods_nowhere(vxlan: Vxlan) -> bool:
    return not vxlan.group and not vxlan.flood
