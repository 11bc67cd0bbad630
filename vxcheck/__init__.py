"""Check over SSH that the VTEPs of a mixed VXLAN fabric agree with each other."""

__version__ = "0.1.0"
