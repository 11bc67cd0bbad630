"""Name the mutants that give the same rows as the right query whatever the tables hold, each with the reason."""

from __future__ import annotations

EQUIVALENT: dict[str, dict[str, str]] = {
    "evpn_session_down": {
        "o.rank < s.rank: COMPARE_LESSTHANOREQUALTO for COMPARE_LESSTHAN": "ranks end in devices that differ",
    },
}
