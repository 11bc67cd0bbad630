-- A VTEP drops packets that it should send, now.
SELECT later.device, later.vni, later.reason, later.discarded - earlier.discarded AS discarded,
       later.discarded > earlier.discarded AS fault, earlier.evidence AS earlier_evidence, later.evidence
FROM encap_counters AS later
JOIN encap_counters AS earlier
  ON earlier.device = later.device AND earlier.reason = later.reason AND earlier.poll = 1
WHERE later.poll = (SELECT max(poll) FROM commands) AND later.poll > 1
  AND later.discarded >= earlier.discarded
