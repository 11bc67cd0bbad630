-- Two VNIs are exchanged between the tenants of two devices.
WITH crossed AS (
    SELECT mine.device, other.device AS peer_device, mine.tenant, mine.vni, other.vni AS peer_vni, mine.evidence,
           other.evidence AS peer_evidence
    FROM tenants AS mine
    JOIN tenants AS other ON other.tenant = mine.tenant AND other.vni <> mine.vni
    -- Elsewhere the number may mean something else; exchanged, it does not.
    JOIN tenants AS here ON here.device = mine.device AND here.vni = other.vni
    JOIN tenants AS crossed ON crossed.device = other.device AND crossed.vni = mine.vni AND crossed.tenant = here.tenant
    WHERE other.device <> mine.device AND here.tenant <> mine.tenant
)
SELECT device, peer_device, tenant, vni, peer_vni, true AS fault, evidence, peer_evidence FROM crossed
UNION ALL
SELECT device, NULL, tenant, vni, vni, false, evidence, NULL
FROM tenants
WHERE (tenant, vni) IN (SELECT tenant, vni FROM tenants GROUP BY ALL HAVING count(*) > 1)
  AND (device, tenant, vni) NOT IN (SELECT device, tenant, vni FROM crossed)
