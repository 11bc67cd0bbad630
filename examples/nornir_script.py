"""Check a fabric from a nornir script, and act upon what is found: `python nornir_script.py config.yaml`.

The hosts, groups and credentials are those of the nornir inventory. The script prints each cause, the sites that it
concerns (the key `site` of the inventory's `data`), and exits as vxcheck does.
"""

import sys

from nornir import InitNornir

import vxcheck
from vxcheck.check import exit_status
from vxcheck.report.digest import digest


def main(config: str) -> int:
    """Check the fabric of a nornir configuration."""
    inventory = InitNornir(config_file=config, logging={"enabled": False}).inventory
    fabric = vxcheck.open(config)
    report = fabric.report
    print(f"verdict: {report.verdict}")
    for device in report.unexamined:
        print(f"not examined: {device.name}: {device.condition}: {device.reason}")
    read = digest(report)
    for gap in read.gaps:
        print(f"not run: {', '.join(gap.devices)}: {gap.reason}")
    for cause in read.causes:
        devices = [cause.device, *cause.peers]
        sites = sorted(
            {str(inventory.hosts[name].get("site", "no site")) for name in devices if name in inventory.hosts}
        )
        print(f"{cause.word.lower()}: {cause.check} at {', '.join(sites)}: {cause.findings[0].message}")
    return exit_status(report)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
