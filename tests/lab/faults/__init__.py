"""Hold every fault of the seed lab, each with how to put it in, how to take it out and what a ping sees of it."""

from .bridging import BRIDGING_FAULTS
from .fault import Fault, Step, forget, inject, injected, undo
from .tunnel import HARMLESS, TUNNEL_FAULTS
from .underlay import UNDERLAY_FAULTS

FAULTS = (*TUNNEL_FAULTS, *BRIDGING_FAULTS, *UNDERLAY_FAULTS)

__all__ = ["FAULTS", "HARMLESS", "Fault", "Step", "forget", "inject", "injected", "undo"]
