-- A host's MAC address is local on one VTEP and not known to another VTEP of the same VNI.
SELECT learner.device, owner.device AS peer_device, owner.vni, owner.mac, owner.interface AS peer_interface,
       count(learned.mac) OVER pair AS learned, count(*) OVER pair AS local,
       -- Learned from the data plane, single addresses age out on one side and not on the other; none at all does not.
       CASE WHEN count(learned.mac) OVER pair > 0 AND NOT coalesce(learner.learning ILIKE '%evpn%', false)
            THEN 'warning' ELSE 'error' END AS severity,
       learned.mac IS NULL AND here.mac IS NULL AS fault,
       learner.vni_evidence, owner.evidence AS peer_evidence
FROM local_macs AS owner
JOIN vni_members AS learner ON learner.vni = owner.vni AND learner.device <> owner.device
LEFT JOIN (SELECT DISTINCT device, vni, mac FROM remote_macs_by_vni) AS learned
       ON learned.device = learner.device AND learned.vni = owner.vni AND learned.mac = owner.mac
LEFT JOIN (SELECT DISTINCT device, vni, mac FROM local_macs) AS here
       ON here.device = learner.device AND here.vni = owner.vni AND here.mac = owner.mac
-- An MLAG pair tells each other by its own link.
WHERE (learner.device, owner.device) NOT IN (SELECT device, peer_device FROM vtep_twins)
WINDOW pair AS (PARTITION BY learner.device, owner.device, owner.vni)
