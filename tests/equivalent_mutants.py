"""Name the mutants that give the same rows as the right query whatever the tables hold, each with the reason."""

from __future__ import annotations

_FAST = "a filter for speed alone"
EQUIVALENT: dict[str, dict[str, str]] = {
    "encap_discards_growing": {
        "later.vni: earlier for later": "both are of one reason, which names the interface",
    },
    "evpn_session_down": {
        "o.rank < s.rank: COMPARE_LESSTHANOREQUALTO for COMPARE_LESSTHAN": "ranks end in devices that differ",
    },
    "mac_duplicate": {
        "(vni, hash(mac)) NOT IN (FROM in_place) AND (device, peer) NOT IN (FROM own): drop term 1": _FAST,
    },
    "mac_not_learned": {
        "(SELECT (vni, hash(mac)) FROM hosts): drop where_clause": _FAST,
    },
    "mac_table_full": {
        "(FROM limited): drop where_clause": _FAST,
        "(FROM limited): drop where_clause (2)": _FAST,
        "max_macs > 0: COMPARE_GREATERTHANOREQUALTO for COMPARE_GREATERTHAN": _FAST,
        "max_macs > 0: drop where_clause": _FAST,
    },
}
