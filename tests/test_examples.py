"""The examples, and every `vxcheck` line of the docs, are run on the emulated lab as far as that is possible here."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from vxcheck.demo.lab import RunningLab

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PROGRAM = Path(sys.executable).parent
PAGES = [ROOT / "README.md", *(ROOT / "docs" / name for name in ("ci.md", "reports.md", "trace.md"))]


def commands(page: Path) -> list[str]:
    """Return the lines of a page's code blocks that run vxcheck, but those that only Ctrl-C ends."""
    lines = re.findall(r"^ {4,}(vxcheck [^\n]*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [line for line in lines if "--watch" not in line]


@pytest.fixture
def fabric(live: RunningLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which `fabric/` is the lab's inventory, its host keys known, and vxcheck on the path."""
    shutil.copytree(live.inventory, tmp_path / "work" / "fabric")
    shutil.copy(live.known_hosts, tmp_path / "work" / "fabric" / "known_hosts")
    ssh = tmp_path / "home" / ".ssh"
    ssh.mkdir(parents=True)
    shutil.copy(live.known_hosts, ssh / "known_hosts")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{PROGRAM}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def run(command: str | list[str]) -> subprocess.CompletedProcess[str]:
    shell = isinstance(command, str)
    return subprocess.run(command, capture_output=True, text=True, shell=shell, timeout=120, check=False)


def yaml(name: str) -> Any:
    return YAML(typ="safe").load((EXAMPLES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.usefixtures("fabric")
def test_commands_of_the_docs(page: Path) -> None:
    assert commands(page)
    assert run("vxcheck collect fabric/ -o monday").returncode == 0
    for command in commands(page):
        ran = run(command)
        assert ran.returncode in (0, 1), (command, ran.stderr)
        assert "vxcheck: " not in ran.stderr or "the report is in" in ran.stderr, ran.stderr


def test_github_actions(fabric: Path) -> None:
    (job,) = yaml("github-actions.yml")["jobs"].values()
    steps = {step.get("name", step.get("uses", step.get("run"))): step for step in job["steps"]}
    ran = run(steps["Check the fabric"]["run"])
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^::warning title=", ran.stdout, re.MULTILINE)
    run(f"GITHUB_STEP_SUMMARY=summary; {steps['Show the summary']['run']}")
    assert "vxcheck: PASSED" in (fabric / "summary").read_text()
    for step in steps.values():
        for name in (step.get("with", {}).get("sarif_file"), step.get("with", {}).get("path")):
            assert name is None or (fabric / name).stat().st_size


def test_gitlab(fabric: Path) -> None:
    job = yaml("gitlab-ci.yml")["vxcheck"]
    for line in job["script"]:
        ran = run(line)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.startswith("PASSED")
    for name in (*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]):
        assert (fabric / name).stat().st_size


@pytest.mark.usefixtures("fabric")
def test_ansible() -> None:
    tasks = yaml("ansible-playbook.yml")[1]["tasks"]
    ran = run([str(part) for part in tasks[0]["ansible.builtin.command"]["argv"]])
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("PASSED"), "what the play says on success is its first line"
    if playbook := shutil.which("ansible-playbook", path="/usr/bin:/usr/local/bin"):
        assert run([playbook, "--syntax-check", str(EXAMPLES / "ansible-playbook.yml")]).returncode == 0


def test_nornir(fabric: Path) -> None:
    (fabric / "config.yaml").write_text(
        "inventory:\n  plugin: SimpleInventory\n  options:\n    host_file: fabric/hosts.yaml\n"
        "    defaults_file: fabric/defaults.yaml\nrunner:\n  plugin: serial\n"
    )
    ran = run([sys.executable, str(EXAMPLES / "nornir_script.py"), "config.yaml"])
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("verdict: passed\n")
    assert "warning: mtu_too_small at no site: vxlan0 of vtep-vyos01" in ran.stdout


@pytest.mark.usefixtures("fabric")
def test_icinga() -> None:
    text = (EXAMPLES / "icinga" / "vxcheck.conf").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    program = re.search(r'command = \[ "([^"]+)", "([^"]+)" \]', text)
    assert program
    options = re.findall(r'^ +"(--[a-z-]+)" = ', text, re.MULTILINE)
    values = {"--format": "icinga", "--known-hosts": "fabric/known_hosts", "--device": "*"}
    assert set(options) == set(values)
    arguments = [part for option in options for part in (option, values[option])]
    ran = run([str(PROGRAM / Path(program[1]).name), program[2], "fabric/", *arguments])
    assert ran.returncode == 1
    assert ran.stdout.startswith("VXCHECK WARNING - PASSED")


def test_cron(fabric: Path) -> None:
    lines = (EXAMPLES / "icinga" / "vxcheck.cron").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if not line.startswith("#"))
    *_, command = line.split(None, 6)
    command = command.replace("\\%", "%")  # cron takes a bare % for the end of the command
    ran = run(command)
    assert (ran.returncode, ran.stdout) == (0, ""), "a pass mails nothing"
    (fabric / "fabric" / "hosts.yaml").write_text("gone:\n  hostname: 127.0.0.1\n  port: 1\n  platform: linux\n")
    assert "INCOMPLETE" in run(command).stdout


def test_containerfile_names_what_there_is() -> None:
    text = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")
    for line in text.splitlines():
        assert re.match(r"(#|FROM|WORKDIR|COPY|RUN|USER|ENTRYPOINT|CMD)\b|#|$", line), line
    comment = re.search(r"`podman run .* (vxcheck check [^`]*)`", text)
    assert comment
    from vxcheck import cli

    cli.make_parser().parse_args(shlex.split(comment[1])[1:])
