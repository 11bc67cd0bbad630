-- A host's MAC address is local on one VTEP and not known to another VTEP of the same VNI.
WITH everywhere AS (
    SELECT owner AS device, vni, count(*) AS macs FROM settled_macs WHERE everywhere GROUP BY ALL
),
hosts AS (
    SELECT device, vni, mac, interface, evidence FROM local_macs
    WHERE (vni, hash(mac)) NOT IN (SELECT (vni, mark) FROM settled_macs WHERE everywhere)
)
SELECT learner.device, owner.device AS peer_device, owner.vni, owner.mac, owner.interface AS peer_interface,
       count(learned.mac) OVER pair + coalesce(known.macs, 0) AS learned, count(*) OVER pair + coalesce(known.macs, 0) AS local,
       -- Learned from the data plane, single addresses age out on one side and not on the other; none at all does not.
       CASE WHEN count(learned.mac) OVER pair + coalesce(known.macs, 0) > 0
                 AND NOT coalesce(learner.learning ILIKE '%evpn%', false)
            THEN 'warning' ELSE 'error' END AS severity,
       learned.mac IS NULL AND here.mac IS NULL AS fault,
       learner.vni_evidence, owner.evidence AS peer_evidence
FROM hosts AS owner
JOIN vni_members AS learner ON learner.vni = owner.vni AND learner.device <> owner.device
LEFT JOIN everywhere AS known ON known.device = owner.device AND known.vni = owner.vni
LEFT JOIN (
    SELECT DISTINCT device, vni, mac FROM remote_macs_by_vni
    WHERE mac IN (SELECT mac FROM hosts)
) AS learned ON learned.device = learner.device AND learned.vni = owner.vni AND learned.mac = owner.mac
LEFT JOIN (SELECT DISTINCT device, vni, mac FROM hosts) AS here
       ON here.device = learner.device AND here.vni = owner.vni AND here.mac = owner.mac
-- An MLAG pair tells each other by its own link.
WHERE (learner.device, owner.device) NOT IN (SELECT device, peer_device FROM vtep_twins)
WINDOW pair AS (PARTITION BY learner.device, owner.device, owner.vni)
UNION ALL BY NAME
SELECT learner.device, learner.vni, false AS fault, (known.macs - coalesce(own.macs, 0))::BIGINT AS examined
FROM vni_members AS learner
JOIN (SELECT vni, sum(macs) AS macs FROM everywhere GROUP BY vni) AS known ON known.vni = learner.vni
LEFT JOIN everywhere AS own ON own.device = learner.device AND own.vni = learner.vni
WHERE known.macs > coalesce(own.macs, 0)
