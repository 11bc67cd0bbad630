"""Describe the seed lab with a router that runs FRR's PIM: it learns from IGMP who wants the group."""

from __future__ import annotations

from dataclasses import replace

from .seed import GROUP, ROUTER, SEED
from .topology import Topology

# Who wants a group is forgotten after two queries and an answer's time: 17 seconds, also on a machine that is slow.
# Everything that FRR writes goes to file systems that end with the device.
FRR = f"""\
mount -t tmpfs tmpfs /var/tmp
mkdir -p /run/frr /etc/frr
cat > /etc/frr/zebra.conf << END
hostname {ROUTER}
END
cat > /etc/frr/pimd.conf << END
hostname {ROUTER}
ip pim rp 172.16.1.254 {GROUP}/32
interface eth1
 ip pim
 ip igmp
 ip igmp query-interval 8
 ip igmp query-max-response-time 10
interface eth2
 ip pim
 ip igmp
 ip igmp query-interval 8
 ip igmp query-max-response-time 10
END
echo 'no service integrated-vtysh-config' > /etc/frr/vtysh.conf
chown -R frr:frrvty /etc/frr /run/frr
/usr/lib/frr/zebra -d -A 127.0.0.1
/usr/lib/frr/pimd -d -A 127.0.0.1"""

PIM = Topology(
    "pim",
    tuple(replace(machine, daemons=(FRR,)) if machine.name == ROUTER else machine for machine in SEED.machines),
    SEED.cables,
    SEED.flows,
    (("/usr/lib/frr/zebra", "frr"), ("/usr/lib/frr/pimd", "frr"), ("vtysh", "frr")),
)
