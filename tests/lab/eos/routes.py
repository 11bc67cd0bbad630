"""Render `show ip route`."""

from __future__ import annotations

from .kernel import Route

_DEFAULT = "0.0.0.0/0"

_LEGEND = """\
Codes: C - connected, S - static, K - kernel, 
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       E2 - OSPF external type 2, N1 - OSPF NSSA external type 1,
       N2 - OSPF NSSA external type2, B I - iBGP, B E - eBGP,
       R - RIP, I - ISIS, A B - BGP Aggregate, A O - OSPF Summary,
       NG - Nexthop Group Static Route 

"""  # noqa: W291 - the switch ends two lines with blanks


def show(routes: tuple[Route, ...]) -> str:
    """Show the default route apart from the others."""
    gateways = [route for route in routes if route.destination == _DEFAULT]
    found = ["Gateway of last resort:" if gateways else "Gateway of last resort is not set"]
    found += [line for route in gateways for line in _lines(route)]
    found += ["", *(line for route in routes if route.destination != _DEFAULT for line in _lines(route)), ""]
    return _LEGEND + "\n".join(found) + "\n"


def _lines(route: Route) -> list[str]:
    start = f" {route.code:<6} {route.destination}"
    if not route.next_hops:
        return [f"{start} is directly connected, Null0"]
    gateway, interface = route.next_hops[0]
    if gateway is None:
        return [f"{start} is directly connected, {interface}"]
    start += f" [1/{route.metric}] "
    return [
        f"{' ' * len(start) if i else start}via {gateway}, {interface}"
        for i, (gateway, interface) in enumerate(route.next_hops)
    ]
