-- A VTEP has discarded packets that it received for decapsulation.
SELECT device, reason, discarded, received,
       CASE WHEN received > 0 THEN round(100.0 * discarded / received, 1) END AS percent,
       discarded > 0 AS fault, evidence, received_evidence
FROM decap_counters
WHERE poll = 1
