"""Our templates serve plain netmiko and ntc-templates, through their own ways in, for every command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ntc_templates.parse
import pytest
from netmiko.utilities import get_structured_data
from textfsm import clitable

from tests.conftest import Run
from tests.test_parsers import FOLDERS, good, name_of, reader
from vxcheck import account, content, parse
from vxcheck.errors import ContentError
from vxcheck.verbs import templates


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `vxcheck templates` writes."""
    from vxcheck import cli

    folder = tmp_path_factory.mktemp("flat") / "templates"
    assert cli.main(["templates", str(folder)]) == 0
    return folder


def rows_of(folder: Path) -> list[tuple[str, str, str, list[dict[str, str]]]]:
    """Return every sample of a command, with each table and the rows that plain textfsm must give of it."""
    platform, command = reader(folder)
    found = []
    for one in good(folder):
        text = parse.prepared(platform, one.text)
        for table, path in templates.by_table(command).items():
            told = account.of(path, text)
            names = [name.lower() for name in told.header]
            found.append((table, text, one.path.name, [dict(zip(names, row, strict=True)) for row in told.records]))
    return found


def texts(rows: Any) -> list[dict[str, str]]:
    # textfsm's tables make a text of everything in a list, too.
    return [{name: str(value).replace("'None'", "None") for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_both_give_what_we_read(folder: Path, flat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NET_TEXTFSM", str(flat))
    monkeypatch.setenv("NTC_TEMPLATES_DIR", str(flat))
    platform, command = reader(folder)
    tables = list(templates.by_table(command))
    asked: list[Callable[[str, str], Any]] = [
        lambda typed, text: ntc_templates.parse.parse_output(platform.name, typed, text),
        lambda typed, text: get_structured_data(text, platform=platform.name, command=typed),
    ]
    for table, text, name, expected in rows_of(folder):
        for ask in asked:
            typed = [f"{command.name} {table}", *([command.name] if table == tables[0] else [])]
            for one in typed:
                found = ask(one, text)
                # netmiko gives the text back where there is no row.
                assert (found if isinstance(found, str) else texts(found)) == (
                    expected or (text if isinstance(found, str) else [])
                ), f"{name}: {one}"


def test_every_spelling_and_alias_is_in_the_index(flat: Path) -> None:
    for platform in content.platforms().values():
        for command in platform.commands:
            for spelling in command.spellings:
                typed = spelling
                while "{" in typed:
                    typed = typed[: typed.index("{")] + "vxlan10" + typed[typed.index("}") + 1 :]
                for name in (platform.name, *platform.aliases):
                    table = clitable.CliTable("index", str(flat))
                    row = table.index.GetRowMatch({"Platform": name, "Command": typed.upper()})
                    assert row, f"{name}: {typed}"
                    file = table.index.index[row]["Template"]
                    own = platform.command(typed)
                    assert own
                    assert file.startswith(f"{own.platform}_{own.folder.name}"), f"{name}: {typed}: {file}"


def test_an_index_that_merges_templates_loses_rows(tmp_path: Path) -> None:
    """Why a command with several tables has a line for each: what `a.textfsm:b.textfsm` in an index would do."""
    for name, value in (("a", "ONE"), ("b", "TWO")):
        (tmp_path / name).write_text(f"Value {value} ({value[0].lower()}\\d)\n\nStart\n  ^${{{value}}}$$ -> Record\n")
    (tmp_path / "index").write_text("Template, Hostname, Platform, Command\n\na:b, .*, linux, show\n")
    found = ntc_templates.parse.parse_output("linux", "show", "o1\nt1\nt2\n", template_dir=str(tmp_path))
    assert found == [{"one": "o1", "two": "t1"}]


def test_theirs_stand_behind_ours(vxcheck: Run, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    ran = vxcheck("templates", folder, "--with-ntc")
    assert ran.status == 0
    assert f"NET_TEXTFSM={folder}" in ran.out
    text = "PIM Neighbor Table for default VRF\n"
    text += "Neighbor Address  Interface  Uptime    Expires   Mode    Transport\n"
    text += "10.0.11.1         Ethernet1  00:16:28  00:01:19  sparse  datagram\n"
    found = ntc_templates.parse.parse_output("cisco_nxos", "show ip pim neighbor vrf all", "", template_dir=str(folder))
    assert found == []
    index = (folder / "index").read_text()
    assert index.index("arista_eos_show_version.textfsm, ") < index.index("ntc_arista_eos_show_version.textfsm,")
    assert vxcheck("templates", folder).status == 2  # it is not empty


def test_a_borrowed_template_is_held_to_our_rules(tmp_path: Path) -> None:
    """It may match beginnings and overwrite values: neither passes."""
    folder = next(one for one in FOLDERS if one.parent.name == "juniper_junos" and one.name == "show_version")
    platform, command = reader(folder)
    text = "Hostname: a\nModel: vmx\nJunos: 17.2R1.13\n"
    (rows,) = parse.parse(platform, command, text)
    assert rows.dicts() == [{"model": "vmx", "version": "17.2R1.13"}]
    assert rows.lines[0]["version"] == 3
    for spoilt, says in (
        (text + "fpc0 is on fire\n", "line 4: not understood"),
        (text + "Junos: 18.1R1\n", "another value"),
        ("Hostname: a\nModel: vmx\n", "ends before"),
        ("", "empty"),
    ):
        with pytest.raises(parse.NotUnderstoodError, match=says):
            parse.parse(platform, command, spoilt)
    own = tmp_path / "juniper_junos" / "show_version"
    own.mkdir(parents=True)
    (own / "command.toml").write_text('ntc = {template = "x"}\n')
    with pytest.raises(ContentError, match="ntc: must be"):
        content.platforms((tmp_path,))
