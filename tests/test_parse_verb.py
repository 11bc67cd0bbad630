"""`vxcheck parse`: the account of every line, pasted prompts, pagers, names of platforms."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.conftest import SEEDLAB, Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import content, inventory

VTEP = (SEEDLAB / "vtep-arista01" / "after" / "show_vxlan_vtep.txt").read_text()
COMMAND = ("arista_eos", "show vxlan vtep")


def given(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "output.txt"
    path.write_text(text)
    return path


def test_every_line_has_its_rule(vxcheck: Run, tmp_path: Path) -> None:
    path = given(tmp_path, VTEP)
    ran = vxcheck("parse", *COMMAND, path, "--account")
    assert ran.status == 0
    template = content.root("parsers") / "arista_eos" / "show_vxlan_vtep" / "remote_vteps.textfsm"
    assert f"{template}\n" in ran.out
    rules = template.read_text().splitlines()
    number = next(n for n, line in enumerate(rules, 1) if line.startswith("  ^\\s*${PEER}\\s*$$"))
    assert f"    2 | 172.16.2.1\n      Start  remote_vteps.textfsm:{number}  makes a row of PEER\n" in ran.out
    assert ran.out == vxcheck("parse", *COMMAND, path, "-v").out
    told = json.loads(vxcheck("parse", *COMMAND, path, "-v", "--format", "json").out)
    assert told["rows"]["remote_vteps"][0]["peer"] == "172.16.2.1"
    step = next(one for one in told["lines"] if one["template"] == str(template) and one["line"] == 2)
    assert (step["rule"], step["state"], step["values"], step["record"]) == (number, "Start", ["PEER"], True)


def test_a_summary_always(vxcheck: Run, tmp_path: Path) -> None:
    ran = vxcheck("parse", *COMMAND, given(tmp_path, VTEP))
    assert ran.err == "vxcheck: all 3 lines understood by remote_vteps.textfsm, totals.textfsm: 1 row of remote_vteps\n"


def test_what_is_not_understood_is_shown_among_its_neighbours(vxcheck: Run, tmp_path: Path) -> None:
    lines = VTEP.splitlines()
    lines[2:2] = ["172.16.2.2 is odd", "172.16.2.3"]
    path = given(tmp_path, "\n".join(lines) + "\n")
    ran = vxcheck("parse", *COMMAND, path)
    assert ran.status == 3
    assert "line 3: not understood: '172.16.2.2 is odd'" in ran.err
    assert "  >    3  172.16.2.2 is odd\n       4  172.16.2.3\n" in ran.err
    assert "no rule understands line 3 (state Start)" in ran.err
    assert f"vxcheck record {path} --platform arista_eos 'show vxlan vtep' --scrub" in ran.err
    assert "read until line 3" in ran.out
    assert "172.16.2.1" in ran.out
    assert "172.16.2.3" not in ran.out
    assert "NOT UNDERSTOOD" in vxcheck("parse", *COMMAND, path, "-v").out


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("leaf1#show vxlan vtep", "leaf1#"),
        ("leaf1(config)# show  vxlan vtep ", "leaf1(config)# "),
        ("leaf1.12:00:01#show vxlan vtep detail", "leaf1.12:00:01#"),
        ("leaf1>show vxlan vtep", None),
    ],
)
def test_the_prompts_of_a_terminal_are_taken_off(
    vxcheck: Run, monkeypatch: pytest.MonkeyPatch, first: str, last: str | None
) -> None:
    pasted = f"{first}\n{VTEP}" + (last if last is not None else "")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pasted.replace("\n", "\r\n").encode())))
    ran = vxcheck("parse", *COMMAND, "--format", "json")
    assert ran.status == 0, ran.err
    assert len(json.loads(ran.out)["remote_vteps"]) == 1
    assert "taken off as the terminal's" in ran.err
    assert repr(first) in ran.err


@pytest.mark.parametrize(
    "pasted",
    [
        f"{VTEP}leaf1#\n",  # nothing says that it is a prompt
        f"leaf1#show vxlan vtep\n{VTEP}leaf2#\n",
        f"leaf1#show vxlan vni\n{VTEP}leaf1#\n",
        f"leaf1#show vxlan vtep\n{VTEP}leaf1#show version\n",
    ],
)
def test_no_other_line_is_taken_off(vxcheck: Run, tmp_path: Path, pasted: str) -> None:
    assert vxcheck("parse", *COMMAND, given(tmp_path, pasted)).status == 3


def test_a_pager_is_named(vxcheck: Run, tmp_path: Path) -> None:
    lines = VTEP.splitlines()
    lines[1] = f" --More-- {chr(8) * 10}          {chr(8) * 10}{lines[1]}"
    ran = vxcheck("parse", *COMMAND, given(tmp_path, "\n".join(lines) + "\n"))
    assert ran.status == 3
    assert "line 2: the output was paged" in ran.err
    assert "terminal length 0" in ran.err


def test_a_last_line_without_end_gives_no_value(vxcheck: Run, tmp_path: Path) -> None:
    text = "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.12\n"
    assert vxcheck("parse", "linux", "ip route show", given(tmp_path, text)).status == 0
    for cut in (text[:-1], text[:-2]):
        ran = vxcheck("parse", "linux", "ip route show", given(tmp_path, cut))
        assert ran.status == 3
        assert "without a line end" in ran.err


@pytest.mark.parametrize(("alias", "name"), [("frr", "linux"), ("EOS", "arista_eos"), ("junos", "juniper_junos")])
def test_platforms_by_other_names(vxcheck: Run, tmp_path: Path, alias: str, name: str) -> None:
    assert content.canonical(content.platforms(), alias) == name
    (tmp_path / "hosts.yaml").write_text(f"leaf1:\n  hostname: 192.0.2.1\n  platform: {alias}\n")
    assert [host.platform for host in inventory.load(tmp_path)] == [name]
    ran = vxcheck("parse", alias, "no such command")
    assert f"no parser for 'no such command' on {name}" in ran.err
    assert "eos" in vxcheck("parse", "no-such", "show version").err


def test_a_snapshot_may_name_a_platform_so_too(vxcheck: Run, tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"arista_eos"', '"eos"'))
    ran = vxcheck("check", folder, "--format", "json")
    assert ran.status == 0
    assert ran.report["devices"][0]["platform"] == "arista_eos"


def test_no_two_platforms_have_a_name_in_common() -> None:
    names = [name for one in content.platforms().values() for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)
