-- Whether each VTEP of a VNI keeps the inner 802.1Q tag, where the configuration shows it.
SELECT device, interface, vni, inner_tag, evidence FROM inner_tags
