"""Ask the objects of `vxcheck.open` what the seed lab's devices said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import vxcheck
from tests.test_seedlab import verbatim, with_evidence
from vxcheck.api import UnreadError
from vxcheck.errors import UsageError


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    return with_evidence(verbatim(tmp_path / "seed", "after", "before"))


def test_what_devices_know(seed: Path) -> None:
    fabric = vxcheck.open(seed)
    arista, vyos = fabric["vtep-arista01"], fabric["vtep-vyos01"]
    assert (arista.name, arista.platform, arista.condition) == ("vtep-arista01", "arista_eos", "collected")
    assert arista.remote_vteps == {"172.16.2.1"}
    assert vyos.remote_vteps == {"172.16.3.1"}
    assert arista.vtep_ips == {"172.16.3.1"}
    assert arista.vnis == {10, 20}
    assert arista.udp_ports == {4789}
    assert arista.local_macs(10) == vyos.remote_macs(10) == {"08:00:27:a6:f1:3d"}
    assert vyos.flood_list(10) == set()
    assert arista.raw("show vxlan vtep").startswith("Remote vteps for Vxlan1")
    line = arista.remote_vteps.evidence["172.16.2.1"]
    assert line.device == "vtep-arista01"
    assert "172.16.2.1" in line.line


def test_what_a_vni_is_to_all(seed: Path) -> None:
    reds = vxcheck.open(seed).vni(10)
    assert reds.members == {"vtep-arista01", "vtep-vyos01"}
    assert reds.vtep_ips == {"172.16.2.1", "172.16.3.1"}
    assert reds.udp_ports == {4789}
    assert reds.bum_modes == {"multicast"}
    assert reds.multicast_groups == {"239.0.0.1"}
    assert vxcheck.open(seed).vni(11).members == set()


def test_rows_in_every_form(seed: Path) -> None:
    fabric = vxcheck.open(seed)
    answer = fabric.query("SELECT vni, vlan FROM vnis WHERE device = ? ORDER BY vni", ["vtep-arista01"])
    rows = [{"vni": 10, "vlan": 100}, {"vni": 20, "vlan": 200}]
    assert answer.dicts() == list(answer) == rows
    assert len(answer) == 2
    assert answer.column("vlan") == [100, 200]
    assert answer.arrow().to_pylist() == rows
    assert answer.polars().to_dicts() == rows
    assert answer.pandas().to_dict("records") == rows
    assert {row["device"] for row in fabric.table("vni_members")} == {"vtep-arista01", "vtep-vyos01"}


def test_checks(seed: Path) -> None:
    fabric = vxcheck.open(seed)
    assert fabric.verdict == "passed"
    outcome = fabric.check("udp_port_mismatch")
    outcome.assert_passed()
    assert outcome.examined == 4


def test_a_check_that_failed_says_both_ends_and_the_remedy(seed: Path) -> None:
    path = seed / "vtep-vyos01" / "cat_%2Fsys%2Fmodule%2Fvxlan%2Fparameters%2Fudp%5Fport.txt"
    path.write_text("8472\n")
    fabric = vxcheck.open(seed)
    assert fabric.verdict == "failed"
    with pytest.raises(AssertionError) as caught:
        fabric.check("udp_port_mismatch").assert_passed()
    for words in (
        "vtep-arista01: show interfaces vxlan 1",
        "| 8472",
        "To mend on vtep-vyos01 (vyos)",
        "vxlan udp-port",
    ):
        assert words in str(caught.value)


def test_a_check_that_examined_nothing_has_not_passed(seed: Path) -> None:
    outcome = vxcheck.open(seed).check("evpn_session_down")
    assert outcome.examined == 0
    with pytest.raises(AssertionError, match="evpn_session_down examined nothing"):
        outcome.assert_passed()


@pytest.mark.parametrize(
    "asked",
    [
        lambda fabric: fabric["vtep-vyos01"].remote_vteps,
        lambda fabric: fabric["vtep-vyos01"].vnis,
        lambda fabric: fabric["vtep-vyos01"].flood_list(10),
        lambda fabric: fabric["vtep-vyos01"].raw("ip route show"),
        lambda fabric: fabric.vni(10).members,
        lambda fabric: fabric.vni(10).udp_ports,
        lambda fabric: fabric.query("SELECT * FROM vnis"),
        lambda fabric: fabric.table("vni_members"),
    ],
    ids=range(8),
)
def test_a_device_that_was_not_read_is_never_empty(seed: Path, asked: Callable[[object], object]) -> None:
    manifest = json.loads((seed / "manifest.json").read_text())
    manifest["devices"][1] |= {"condition": "unreachable", "reason": "no answer within 15 s"}
    (seed / "manifest.json").write_text(json.dumps(manifest))
    shutil.rmtree(seed / "vtep-vyos01")
    with pytest.raises(UnreadError, match="vtep-vyos01") as caught:
        asked(vxcheck.open(seed))
    assert caught.value.device == "vtep-vyos01"
    # What is known of the others is still there for who asks for it.
    assert vxcheck.open(seed).query("SELECT * FROM vnis", unread=True).column("vni") == [10, 20]
    assert vxcheck.open(seed)["vtep-arista01"].vnis == {10, 20}


def test_a_line_that_was_not_understood_raises(seed: Path) -> None:
    with (seed / "vtep-arista01" / "show_vxlan_vtep.txt").open("a") as file:
        file.write("who knows\n")
    with pytest.raises(UnreadError, match=r"line .*who knows"):
        _ = vxcheck.open(seed)["vtep-arista01"].remote_vteps


def test_names_that_are_not_there(seed: Path) -> None:
    fabric = vxcheck.open(seed)
    with pytest.raises(UsageError, match=r"no device 'vtep-arista1'; the source has vtep-arista01, vtep-vyos01"):
        fabric["vtep-arista1"]
    with pytest.raises(UsageError, match="no check 'udp_port'"):
        fabric.check("udp_port")
    with pytest.raises(UsageError, match="no table or view 'vni'"):
        fabric.table("vni")
    with pytest.raises(UsageError, match="no option 'pols'"):
        vxcheck.open(seed, pols=2)
