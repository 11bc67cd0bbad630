-- The VLAN that a device maps to a VNI against the one that the intent tells.
SELECT n.device, n.vni, n.vlan, i.vlan AS intended, n.vlan <> i.vlan AS fault, n.evidence,
       i.vlan_evidence AS intent_evidence
FROM vnis AS n
JOIN intent_members AS i ON i.device = n.device AND i.vni = n.vni
-- Where a bridge stands for the VNI there is no VLAN to compare.
WHERE i.vlan IS NOT NULL AND n.vlan IS NOT NULL
