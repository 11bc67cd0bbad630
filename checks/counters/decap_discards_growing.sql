-- A VTEP discards packets that it receives for decapsulation, now.
SELECT later.device, later.reason, later.discarded - earlier.discarded AS discarded,
       later.received - earlier.received AS received,
       later.discarded > earlier.discarded AS fault,
       earlier.evidence AS earlier_evidence, later.evidence
FROM decap_counters AS later
JOIN decap_counters AS earlier
  ON earlier.device = later.device AND earlier.reason = later.reason AND earlier.poll = 1
WHERE later.poll = (SELECT max(poll) FROM commands) AND later.poll > 1
  AND later.discarded >= earlier.discarded
