-- Counters of virtual ARP that tell of trouble grow between two looks.
SELECT later.device, later.counter, later.value - earlier.value AS grown, later.value > earlier.value AS fault,
       earlier.evidence AS earlier_evidence, later.evidence
FROM counters AS later
JOIN counters AS earlier
  ON earlier.device = later.device AND earlier.counter = later.counter AND earlier.poll = 1
WHERE later.poll > 1 AND later.poll = (SELECT max(poll) FROM counters) AND later.value >= earlier.value
  AND regexp_matches(later.counter, ' err$|^unknown |^unexpected |^invalid |too short$')
  -- What is no VXLAN at all counts as a discard of decapsulation.
  AND NOT regexp_matches(later.counter, '^invalid Vxlan header')
