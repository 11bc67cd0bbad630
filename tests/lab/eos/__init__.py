"""Answer as an EOS switch would, from the live state of the kernel's VXLAN interfaces.

Runs on the lab's device with Debian's own Python, as the login shell of its user: standard library only.
"""
