"""Run vxcheck as `python -m vxcheck`."""

import sys

from vxcheck.cli import main

sys.exit(main())
