-- The device's own check of its VXLAN configuration says something else than OK.
SELECT s.device, s.item, s.result,
       coalesce(s.detail, 'it gives no detail') AS detail,
       CASE WHEN upper(s.result) <> 'FAIL' THEN 'warning' END AS severity,
       upper(s.result) <> 'OK' AS fault, s.evidence
FROM config_sanity AS s
-- A heading repeats the worst of the lines below it.
WHERE (s.device, s.item) NOT IN (SELECT below.device, below.category FROM config_sanity AS below
                                 WHERE upper(below.result) <> 'OK' AND below.category IS NOT NULL)
