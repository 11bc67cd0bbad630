-- Of what a VTEP's only peer sends, less than half arrives, between two looks.
SELECT device, peer_device, vni, vnis, scope, sent, received, received * 2 < sent AS fault, received_evidence, peer_evidence
FROM vtep_traffic_between
-- What has several receivers cannot be counted at one of them. Nothing at all is one_way_loss.
WHERE alone AND received > 0
  -- The two ends are not read at the same instant: what was sent in between may be half of a little.
  AND sent >= 20
