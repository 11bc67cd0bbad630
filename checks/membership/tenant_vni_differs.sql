-- A tenant's VLAN is mapped to another VNI than nearly everywhere else.
WITH held AS (
    SELECT tenant, vni, count(*) AS holders, list(device ORDER BY device) AS devices, min(evidence) AS evidence
    FROM tenants GROUP BY ALL
),
usual AS (
    SELECT tenant, vni, holders, devices, evidence, sum(holders) OVER (PARTITION BY tenant) AS total
    FROM held QUALIFY holders > 1 AND 3 * holders > 2 * total
),
-- VLANs have a meaning on one device only: who has the usual VNI under another number has just numbered otherwise.
judged AS (
    SELECT t.device, t.tenant, t.vni, u.vni AS usual_vni, u.holders, u.devices, t.evidence, u.evidence AS usual_evidence,
           (t.device, u.vni) NOT IN (SELECT device, vni FROM tenants) AS odd
    FROM tenants AS t
    JOIN usual AS u ON u.tenant = t.tenant
)
SELECT device, devices AS peer_device, tenant, vni, usual_vni, holders,
       -- Nor is one meant to agree that agrees nowhere else.
       odd AND count(*) FILTER (NOT odd) OVER own > count(*) FILTER (odd) OVER own AS fault,
       evidence, usual_evidence AS peer_evidence
FROM judged
WINDOW own AS (PARTITION BY device)
