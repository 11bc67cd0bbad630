"""What may be sent is what vxcheck's own folders list; what a user's parsers add is shown, and asked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_terminal import at_terminal
from vxcheck import content
from vxcheck.demo.lab import RunningLab
from vxcheck.errors import ContentError

TEMPLATE = "Value Required INTERFACE (\\S+)\n\nStart\n  ^${INTERFACE}$$ -> Record\n  ^. -> Error\n"


def own(folder: Path, command: str, about: str = "") -> Path:
    made = folder / "mine" / "arista_eos" / "own_command"
    made.mkdir(parents=True)
    (made / "remote_vteps.textfsm").write_text(TEMPLATE)
    (made / "command.toml").write_text(f"command = {json.dumps(command)}\n{about}")
    return folder / "mine"


def test_what_own_parsers_add_is_asked_for(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    mine = own(tmp_path, "reload now", 'spellings = ["/bin/reload", "only read"]\n')
    words = ["show", "devices", str(live.inventory), "--known-hosts", str(live.known_hosts), "--parsers", str(mine)]
    ran = vxcheck(*words)
    assert ran.status == 2
    assert "    arista_eos: reload now\n    arista_eos: /bin/reload\n" in ran.err
    assert "only read" not in ran.err
    assert "--allow-commands" in ran.err
    status, drawn = at_terminal(words, {"Send it?": "n"})
    assert (status, "reload now" in drawn) == (2, True)
    assert not any(device.received or device.logins_tried for device in live.devices)
    status, drawn = at_terminal(words, {"Send it?": "y"})
    assert drawn.count("Send it?") == 1
    assert any("reload now" in device.received for device in live.devices)
    for device in live.devices:
        device.received.clear()
    assert "Send it?" not in vxcheck(*words, "--allow-commands").err
    assert any("reload now" in device.received for device in live.devices)


@pytest.mark.parametrize("about", ["collect = false\n", ""])
def test_what_they_do_not_send_is_not_asked_for(vxcheck: Run, live: RunningLab, tmp_path: Path, about: str) -> None:
    # It is read, but not sent; or ours sends the same.
    mine = own(tmp_path, "reload now" if about else "show vxlan vtep", about)
    ran = vxcheck("show", "devices", live.inventory, "--known-hosts", live.known_hosts, "--parsers", mine)
    assert "not sent" not in ran.err
    assert not any("reload now" in device.received for device in live.devices)
    assert any(device.received for device in live.devices)


def test_a_session_of_ones_own_is_asked_for(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "arista_eos"
    folder.mkdir(parents=True)
    (folder / "platform.toml").write_text('session = ["enable"]\nshows = ["reload now"]\n')
    words = (live.inventory, "--known-hosts", live.known_hosts, "--parsers", tmp_path / "mine")
    ran = vxcheck("check", *words)
    assert (ran.status, "arista_eos: enable\n" in ran.err) == (2, True)
    inventory, *options = words
    ran = vxcheck("record", inventory, "vtep-arista01", "reload now", *options, "-o", tmp_path / "out")
    assert (ran.status, "    enable\n    reload now\n" in ran.err) == (2, True)
    assert not any(device.received for device in live.devices)


@pytest.mark.parametrize("command", ["show x\nreload", "show x\rreload", "", "show\x03x"])
def test_a_command_is_one_line(tmp_path: Path, command: str) -> None:
    mine = own(tmp_path, command.encode("unicode_escape").decode() if command == "" else command)
    with pytest.raises(ContentError, match="one line"):
        content.platforms((mine,))


def test_commands_are_constants() -> None:
    """Nothing stands in what is sent that would be replaced, chained, or fed from somewhere."""
    for platform in content.platforms().values():
        for line in content.sent(platform):
            assert line.isascii()
            assert line.isprintable()
            assert not set(line) & set("{}$`;|&<>*?\\!"), line
            assert line not in ("enable", "configure", "conf t")
            assert "sudo" not in line.split()


def test_nothing_is_asked_for_a_snapshot(vxcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_seedlab import verbatim, with_evidence

    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    assert vxcheck("show", "devices", folder, "--parsers", own(tmp_path, "reload now")).status == 0
