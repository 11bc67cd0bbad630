-- Two VNIs are exchanged between the tenants of two devices.
WITH tenants AS (
    -- The number that both vendors' operators give a tenant: the VLAN, or the digits at the end of the bridge's name.
    SELECT device, vni, coalesce(vlan, TRY_CAST(regexp_extract(bridge, '([0-9]+)$', 1) AS INTEGER)) AS tenant, evidence
    FROM vnis
)
SELECT mine.device, other.device AS peer_device, mine.tenant, mine.vni, other.vni AS peer_vni,
       other.vni <> mine.vni AND crossed.tenant IS NOT NULL AS fault, mine.evidence, other.evidence AS peer_evidence
FROM tenants AS mine
JOIN tenants AS other ON other.tenant = mine.tenant AND other.device <> mine.device
-- Elsewhere the number may mean something else; exchanged, it does not.
LEFT JOIN tenants AS here ON here.device = mine.device AND here.vni = other.vni AND here.vni <> mine.vni
LEFT JOIN tenants AS crossed
       ON crossed.device = other.device AND crossed.vni = mine.vni AND crossed.tenant = here.tenant
WHERE other.vni = mine.vni OR crossed.tenant IS NOT NULL
