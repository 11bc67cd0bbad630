"""Tell what was typed from how it was typed: abbreviations, options in any order, `sudo` before it.

Nothing here is ever sent to a device; it leads what somebody typed, or a snapshot says, to the command that reads it.
"""

from __future__ import annotations

import re

# What runs a command elsewhere, or as somebody else, without changing what it prints.
_AROUND = re.compile(r"(?:sudo|docker exec(?: -\w+)* \S+)\s|(?:/usr)?/s?bin/(?=(?:ip|bridge|brctl)\s)")
_VTYSH = re.compile(r"vtysh -c (['\"])(?P<words>[^'\"]+)\1")
# A pager that is turned off; NCLU of Cumulus, which hands the command to FRR.
_BEHIND = re.compile(r"\s*\|\s*no-more$")
_NCLU = re.compile(r"net show (ip )?(?=(pim|mroute|igmp)\b)?")
_OBJECTS = {
    "ip": {"link": "l", "addr": "a", "address": "a", "route": "r", "neigh": "n", "neighbor": "n", "neighbour": "n"}
    | {"maddr": "m", "maddress": "m", "mroute": "mr"},
    "bridge": {"fdb": "f", "link": "l", "vlan": "v", "vni": "vni"},
}
_NAMES = {"address": "addr", "neighbor": "neigh", "neighbour": "neigh", "maddress": "maddr"}
_VERBS = ("show", "list", "lst", "ls")
# Options that change the layout to one that is not read, or do not only show.
_OTHER_LAYOUTS = ("br", "brief", "j", "json", "o", "oneline", "b", "batch", "force", "a", "all", "p", "pretty")
# Another namespace's: no output of the device's own.
_ELSEWHERE = ("n", "netns")


def plain(typed: str) -> str:
    """Return a command as its parser spells it, where it is one that can be typed in many ways; else `typed` itself.

    What narrows an output (`dev vx1`, `type vxlan`, `-4`) stays behind as one word, as a spelling with `{interface}`
    has it.
    """
    words = _BEHIND.sub("", " ".join(typed.split()))
    while around := _AROUND.match(words):
        words = words[around.end() :]
    if vtysh := _VTYSH.fullmatch(words):
        return f'vtysh -c "{" ".join(vtysh["words"].split())}"'
    if nclu := _NCLU.match(words):
        words = f"show {'ip ' if nclu[1] or nclu[2] else ''}{words[nclu.end() :]}"
    program, _, rest = words.partition(" ")
    return (_iproute2(program, rest.split()) if program in _OBJECTS else None) or words


def _iproute2(program: str, words: list[str]) -> str | None:
    """Return an `ip` or `bridge` command without the options that change no layout; None where it is another."""
    options: list[str] = []
    plain_words: list[str] = []
    for word in words:
        if word.startswith("-") and len(plain_words) < 3:
            options.append(word.lstrip("-"))
        elif options and options[-1] in ("f", "family", "rc", "rcvbuf") and not plain_words:
            options[-1] += f" {word}"
        else:
            plain_words.append(word)
    if not plain_words or any(option in (*_OTHER_LAYOUTS, *_ELSEWHERE) for option in options):
        return None
    typed, *behind = plain_words
    named = _object(program, typed)
    if named is None:
        return None
    if (program, named) == ("bridge", "vlan") and behind[:1] in (["tunnel"], ["tunnelshow"]):
        verb, behind = "tunnelshow", behind[1:]
    elif not behind or any(verb.startswith(behind[0]) for verb in _VERBS):
        verb, behind = "show", behind[1:]
    else:
        return None
    if named in ("route", "mroute") and {"vrf", "table"} & set(behind) and not {"all", "main", "default"} & set(behind):
        return None  # the routes of another table, which the output does not name
    six = any(option in ("6", "family inet6", "f inet6") for option in options)
    four = any(option in ("4", "family inet", "f inet") for option in options)
    of_family = named in ("route", "mroute")
    kept = ["-6"] if six and of_family else []
    kept += ["-d"] if named == "link" and any("details".startswith(one) for one in options if one) else []
    if (six or four) and not of_family and named != "link":
        behind = [*behind, "6" if six else "4"]
    return " ".join((program, *kept, named, verb, *(["/".join(behind)] if behind else [])))


def _object(program: str, typed: str) -> str | None:
    """Return the object that a word or its beginning names: the first that iproute2 itself would take."""
    for name, least in _OBJECTS[program].items():
        if name.startswith(typed) and typed.startswith(least):
            return _NAMES.get(name, name)
    return None


def closeness(typed: str, spelling: str) -> int:
    """Return how well what was typed fits a spelling of a `show` command as its abbreviation; 0 where it does not.

    Each word must begin the spelling's; one in full counts two, a beginning one, any word for `{interface}` none.
    """
    words, whole = typed.lower().split(), spelling.lower().split()
    if len(words) != len(whole) or not (len(words[0]) > 1 and whole[0] == "show"):
        return 0
    close = 0
    for word, full in zip(words, whole, strict=True):
        if full.startswith("{"):
            continue
        if not full.startswith(word):
            return 0
        close += 1 + (word == full)
    return close
