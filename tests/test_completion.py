"""The shells' completion, run by the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from vxcheck import cli

# What is typed, and what must be among the words that complete it.
TYPED = [
    ("vxcheck ", {"check", "collect", "show", "query", "trace", "parse", "explain", "demo", "completion", "history"}),
    ("vxcheck che", {"check"}),
    ("vxcheck check --wa", {"--watch"}),
    ("vxcheck trace --v", {"--vni"}),
    ("vxcheck check --format h", {"html"}),
    ("vxcheck check --check udp", {"udp_port_mismatch"}),
    ("vxcheck explain mac_n", {"mac_not_learned"}),
    ("vxcheck show vni_mem", {"vni_members"}),
    ("vxcheck demo --fault u", {"udp-port"}),
    ("vxcheck completion z", {"zsh"}),
    ("vxcheck collect fab", {"fabric"}),
]


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.fixture
def script(vxcheck: Run, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    ran = vxcheck("completion", request.param)
    assert ran.status == 0
    (tmp_path / "fabric").mkdir()
    path = tmp_path / "_vxcheck"
    path.write_text(ran.out)
    return path


def words(command: list[str], folder: Path) -> set[str]:
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False)
    assert ran.stderr == ""
    return {line.split("\t")[0].strip().rstrip("/") for line in ran.stdout.splitlines()}


@needs("bash")
@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash(script: Path) -> None:
    for typed, expected in TYPED:
        program = f"""
            source {script}
            COMP_LINE={typed!r}; COMP_POINT=${{#COMP_LINE}}; read -ra COMP_WORDS <<< "$COMP_LINE"
            [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
            entry=$(complete -p vxcheck); function=${{entry#*-F }}; function=${{function%% *}}
            "$function" vxcheck "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        assert expected <= words(["bash", "--norc", "-c", program], script.parent), typed


@needs("fish")
@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish(script: Path) -> None:
    for typed, expected in TYPED:
        assert expected <= words(["fish", "-c", f"source {script}; complete -C '{typed}'"], script.parent), typed


@needs("zsh")
@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh(script: Path) -> None:
    # zsh completes only what is typed at a terminal: one of its own, in which Tab is pressed.
    for typed, expected in TYPED:
        program = f"""
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z "PS1=; fpath=({script.parent} $fpath); autoload -Uz compinit; compinit -u -d {script.parent}/dump"
            zpty -w z "zstyle ':completion:*' list-prompt ''; zstyle ':completion:*' insert-tab false; LISTMAX=9999"
            zpty -w z "bindkey '^I' complete-word; zle -C report complete-word _main_complete; echo rea''dy"
            while zpty -r z line; do [[ $line == *ready* ]] && break; done
            zpty -n -w z {typed!r}$'\\t'$'\\t'; sleep 1; zpty -n -w z $'\\x15'"echo d''one"$'\\n'
            while zpty -r z line; do print -r -- "$line"; [[ $line == *done* ]] && break; done
        """
        ran = subprocess.run(
            ["zsh", "-f", "-c", program], capture_output=True, text=True, cwd=script.parent, timeout=60, check=False
        )
        for word in expected:
            assert word in ran.stdout, (typed, ran.stdout, ran.stderr)


def test_help_is_a_manual() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "vxcheck", "check", "--help"], capture_output=True, text=True, check=True
    )
    for part in ("checks:", "reports:", "collection:", "your own content:", "examples:", "exit status:", "a SOURCE:"):
        assert f"\n{part}" in ran.stdout
    verbs = (
        "check",
        "collect",
        "diff",
        "show",
        "query",
        "trace",
        "parse",
        "explain",
        "demo",
        "intent",
        "new",
        "test",
        "completion",
    )
    parser = cli.make_parser()
    for verb in (*verbs, "history"):
        text = subprocess.run(
            [sys.executable, "-m", "vxcheck", verb, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={"COLUMNS": "80"},
        ).stdout
        assert "\nexamples:\n" in text
        assert "\nexit status:\n" in text
        assert max(map(len, text.splitlines())) <= 80, verb
        assert f"  vxcheck {verb}" in text, "an example of the verb itself"
    assert "examples:" in parser.format_help()


def test_examples_of_the_help_are_commands_that_exist() -> None:
    import shlex

    from vxcheck import usage

    parser = cli.make_parser()
    for text in usage._EXAMPLES.values():
        for line in text.splitlines()[1:]:
            command = line.partition("   ")[2] if line.startswith("   ") else line.strip()
            command = (
                command.split("  ")[0].partition(" > ")[0].partition(" | ")[2]
                or command.split("  ")[0].partition(" > ")[0]
            )
            for one in command.split("&&"):
                program, *arguments = shlex.split(one)
                assert program == "vxcheck"
                parser.parse_args(arguments)
