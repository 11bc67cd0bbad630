-- The MAC address that answers for a gateway that several devices share.
SELECT device, vni, address, mac, interface, evidence FROM gateways
