"""Hold every fault of the labs, each with how to put it in, how to take it out and what a ping sees of it."""

from .bridging import BRIDGING_FAULTS
from .chain import CHAIN_FAULTS
from .evpn import EVPN_FAULTS
from .fault import Fault, Step, forget, inject, injected, undo
from .headend import HEADEND_FAULTS
from .tunnel import HARMLESS, TUNNEL_FAULTS
from .underlay import UNDERLAY_FAULTS

FAULTS = (*TUNNEL_FAULTS, *BRIDGING_FAULTS, *UNDERLAY_FAULTS)  # of the seed lab
FAULTS_OF = {"seed": (*FAULTS, *HARMLESS), "evpn": EVPN_FAULTS, "headend": HEADEND_FAULTS, "chain": CHAIN_FAULTS}

__all__ = [
    "CHAIN_FAULTS",
    "EVPN_FAULTS",
    "FAULTS",
    "FAULTS_OF",
    "HARMLESS",
    "HEADEND_FAULTS",
    "Fault",
    "Step",
    "forget",
    "inject",
    "injected",
    "undo",
]
