-- Two devices run PIM on one link of the underlay, and one has not heard the other.
SELECT l.device, l.peer_device, l.interface, l.peer_interface,
       'its neighbours were not read' AS why,
       CASE WHEN heard.device IS NOT NULL THEN false WHEN mine.neighbors_read THEN true END AS fault,
       mine.evidence, theirs.evidence AS peer_evidence
FROM underlay_links AS l
JOIN pim_speakers AS mine ON mine.device = l.device AND mine.interface = l.interface
JOIN pim_speakers AS theirs ON theirs.device = l.peer_device AND theirs.interface = l.peer_interface
LEFT JOIN pim_heard AS heard
       ON heard.device = l.device AND heard.interface = l.interface AND heard.peer_device = l.peer_device
UNION ALL
SELECT device, NULL, NULL, NULL, reason, NULL, NULL, NULL FROM pim_unread
