"""Write what the formats make of the samples: read what changed before it is committed."""

from tests import golden

for name in golden.SAMPLES:
    for style in golden.ENDINGS:
        golden.path(name, style).write_text(golden.rendered(name, style), encoding="utf-8", newline="")
