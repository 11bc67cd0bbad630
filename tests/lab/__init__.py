"""Run real VXLAN fabrics in network namespaces, with real SSH logins and real faults."""

import pytest

# What it asserts is told in full, as in the tests themselves.
pytest.register_assert_rewrite("tests.lab.verdict")
