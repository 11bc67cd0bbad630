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
    "group_joined_elsewhere": {
        "(SELECT device FROM vteps WHERE multicast_group IS NOT NULL): drop where_clause": _FAST,
        "IS NOT NULL: drop where_clause": _FAST,
    },
    "mac_not_learned": {
        "(SELECT mac FROM hosts): drop where_clause": _FAST,
    },
    "mac_static_stale": {
        "(SELECT mac FROM by_hand): drop where_clause": _FAST,
    },
    "mac_table_full": {
        "(FROM limited): drop where_clause": _FAST,
        "(FROM limited): drop where_clause (2)": _FAST,
        "max_macs > 0: COMPARE_GREATERTHANOREQUALTO for COMPARE_GREATERTHAN": _FAST,
        "max_macs > 0: drop where_clause": _FAST,
    },
}
