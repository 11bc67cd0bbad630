"""Run real VXLAN fabrics in network namespaces, with real SSH logins and real faults."""
