-- Two devices use one VTEP address.
WITH own AS (
    SELECT a.device, a.vtep_ip, min(a.vtep_ip_evidence) AS vtep_ip_evidence, max(v.mlag) AS mlag,
           any_value(a.reason) AS reason
    FROM vtep_addresses AS a
    JOIN vteps AS v ON v.device = a.device AND v.interface = a.interface
    GROUP BY a.device, a.vtep_ip
)
SELECT mine.device, other.device AS peer_device, mine.vtep_ip, mine.reason,
       coalesce(other.what, 'nothing') AS what,
       CASE WHEN mine.vtep_ip IS NOT NULL
            THEN other.device IS NOT NULL AND NOT (coalesce(mine.mlag, false) AND coalesce(other.mlag, false))
            END AS fault,
       mine.vtep_ip_evidence, other.vtep_ip_evidence AS peer_vtep_ip_evidence
FROM own AS mine
LEFT JOIN (
    SELECT device, vtep_ip, 'VTEP address' AS what, mlag, vtep_ip_evidence FROM own
    UNION ALL
    SELECT a.device, a.address, 'address of ' || a.interface, false, a.evidence
    FROM addresses AS a
    WHERE (a.device, a.address) NOT IN (SELECT device, vtep_ip FROM own WHERE vtep_ip IS NOT NULL)
) AS other ON other.vtep_ip = mine.vtep_ip AND other.device <> mine.device
