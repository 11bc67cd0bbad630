"""Take out of a device's output what no stranger should read, so that the output stays one that a device could print.

Secrets always go. Addresses, names and serial numbers go where that is asked for: the same one becomes the same
replacement in every text of a run, addresses keep who shares which prefix with whom, and columns stay where they were.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

HIDDEN = "********"
SECRET = "REMOVED"  # noqa: S105  # what stands for one
_WORD = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s;]+)"""
# What stands before a secret, then the secret. Vendors put a digit or a word for the way of hiding between the two.
_HIDDEN = r"(?:(?:[05789]|7a|8a|sha512|sha256|md5|nt-encrypted|encrypted|plaintext|scrypt|aes|cleartext|hidden) +)?"
_SECRETS = tuple(
    re.compile(f"({before}){_WORD}", re.IGNORECASE)
    for before in (
        rf"(?<![\w-])(?:enable |line |root )?(?:password|passwd|passphrase|secret)s? +{_HIDDEN}",
        r"(?<![\w-])(?:encrypted|plain-?text|simple)-password(?:-value)? +",
        rf"(?<![\w-])(?:authentication|pre-?shared|private|session|shared|encryption)-(?:key|secret) +{_HIDDEN}",
        rf"(?<![\w-])message-digest-key +\d+ +md5 +{_HIDDEN}",
        rf"(?<![\w-])(?:key-string|wpa-psk|psk|md5-key|auth-key|priv-key) +{_HIDDEN}",
        rf"(?<![\w-])(?:tacacs|radius)(?:-server)?\b[^\n]*? key +{_HIDDEN}",
        r"^ *key +(?:[05789]|7a|8a) +",
        r"\bsnmp-server community +",
        r"\b(?:snmp )?community +(?=[^\n]*\b(?:ro|rw|authorization|read)\b)",
        r"\bsnmp-server host +\S+(?: +(?:traps|informs|vrf +\S+|version +\w+))* +(?!version|traps|informs|vrf)",
        r"\b(?:auth|priv) +(?:md5|sha\S*|des|aes\S*) +",
        r"\b(?:token|api-key|bearer|credentials) +",
        r"[^\s;]*(?:password|secret|community|passphrase)[^\s=:;]*[=:] *",
    )
)
# What is a secret wherever it stands: crypt hashes, Junos' own, and keys in PEM.
_HASH = re.compile(r"\$(?:1|2[aby]?|5|6|8|9|y|sha1|14)\$[^\s\";,]+")
_PEM = re.compile(r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----).*?(-----END [A-Z0-9 ]*PRIVATE KEY-----)", re.DOTALL)

# Commands that show configuration, where secrets may stand in any line.
_CONFIGURATION = re.compile(
    r"\b(?:running|startup|candidate|saved|current)-conf|\b(?:show|display)(?: \S+)*? conf(?:ig(?:uration)?)?(?![\w-])"
    r"|\bcat /(?:etc|config)/"
)

_MAC = r"[0-9A-Fa-f]{2}(?P<by>[:-])(?:[0-9A-Fa-f]{2}(?P=by)){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
_IPV6 = r"(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{2,39}(?:/\d{1,3})?"
_IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?"
_ADDRESS = re.compile(
    rf"(?<![\w.:])(?:(?P<mac>{_MAC})|(?P<ipv6>{_IPV6}))(?!\w|[.:]\w)|(?<![\w.])(?P<ipv4>{_IPV4})(?!\w|\.\d)"
)
# In a configuration a word before the name will do; in other outputs it may be a heading, and a colon must follow.
_USER = re.compile(
    r"(^\s*(?:set system login )?(?:username|user)[ ]+|\buser(?:name)?: *)([a-z_][\w.@-]*)",
    re.IGNORECASE | re.MULTILINE,
)
_HOST = re.compile(
    r"(^\s*(?:set system )?(?:hostname|host-name|switchname)[ ]+|\b(?:host-?name|system name): *)([a-z][\w.-]*)",
    re.IGNORECASE | re.MULTILINE,
)
_SERIAL = re.compile(
    r"((?:serial[ -]?(?:number|num|no\.?)?|chassis id|s/n|sn)[ \t]*[:=][ \t]*|serial[ -]number[ \t]+)([a-z0-9-]{6,})",
    re.IGNORECASE,
)
# Blocks that mean the same everywhere: an address in one stays in it.
_KEPT = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/24", "224.0.0.0/4", "232.0.0.0/8", "233.0.0.0/8", "239.0.0.0/8", "240.0.0.0/4", "255.0.0.0/8",
    )
)  # fmt: skip
_WHOLE = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8", "127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/24", "240.0.0.0/4",
    )
)  # fmt: skip
# MAC addresses that mean the same everywhere: groups, protocols, VRRP.
_SHARED_MACS = ("01005e", "3333", "0180c2", "01000c", "00005e0001", "00005e0002", "ffffffffffff", "000000000000")


def secrets_of(text: str) -> str:
    """Return a text without passwords, keys, community strings and hashes: the word REMOVED stands for each."""
    text = _PEM.sub(rf"\1\n{SECRET}\n\2", text)
    lines = []
    for line in text.split("\n"):
        for pattern in _SECRETS:
            line = pattern.sub(_removed, line)  # noqa: PLW2901
        lines.append(_HASH.sub(SECRET, line))
    return "\n".join(lines)


def shows_configuration(command: str) -> bool:
    """Tell whether a command shows a device's configuration."""
    return bool(_CONFIGURATION.search(command))


def hide(text: str, known: Iterable[str]) -> str:
    """Return a text without secrets that are known beforehand, where they stand as words."""
    for secret in known:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    return text


def _removed(match: re.Match[str]) -> str:
    secret = match[0][len(match[1]) :]
    quote = secret[0] if secret[:1] in "\"'" and secret[:1] == secret[-1:] else ""
    return f"{match[1]}{quote}{SECRET}{quote}"


@dataclass
class Scrubber:
    """Replace what tells whose network it is, the same way in every text; `names` are host and user names to replace.

    The last octet of an IPv4 address and the last group of an IPv6 address are kept, and so are the blocks of private,
    multicast, link-local and documentation addresses; the bits between change by a key that is forgotten with the
    object. A MAC address keeps its vendor.
    """

    names: dict[str, str] = field(default_factory=dict)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    _macs: dict[str, str] = field(default_factory=dict, repr=False)
    _addresses: dict[str, str] = field(default_factory=dict, repr=False)

    def host(self, name: str) -> str:
        """Return the name that stands for a host name."""
        return self.names.setdefault(name, f"host{len(self.names) + 1}")

    def user(self, name: str) -> str:
        """Return the name that stands for a user name."""
        return self.names.setdefault(name, f"user{len(self.names) + 1}")

    def learn(self, text: str) -> None:
        """Note the host and user names that a text tells, so that they go from every text."""
        for pattern, stand_in in ((_HOST, self.host), (_USER, self.user)):
            for match in pattern.finditer(text):
                if len(match[2]) > 1 and not match[2].isdigit():
                    stand_in(match[2])

    def text(self, text: str) -> str:
        """Return a text with everything replaced."""
        self.learn(text)
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        line = _aligned(_ADDRESS, line, self._address)
        line = _aligned(_SERIAL, line, lambda match: match[1] + self._like(match[2]))
        if self.names:
            known = "|".join(re.escape(name) for name in sorted(self.names, key=len, reverse=True))
            found = re.compile(rf"(?<![\w-])(?:{known})(?![\w-])")
            line = _aligned(found, line, lambda match: self.names[match[0]])
        return line

    def _address(self, match: re.Match[str]) -> str:
        if match[0] not in self._addresses:
            self._addresses[match[0]] = self._mac(match["mac"]) if match["mac"] else self._ip(match[0])
        return self._addresses[match[0]]

    def _ip(self, spelt: str) -> str:
        address, slash, length = spelt.partition("/")
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return spelt
        if isinstance(found, ipaddress.IPv6Address):
            return self._ipv6(found, address) + slash + length
        return self._ipv4(found, int(length) if length else 32) + slash + length

    def _bits(self, kind: str, prefix: object, count: int) -> int:
        """Return as many bits as are asked for, which depend on the key and on what stands before them alone."""
        said = f"{kind}/{prefix}".encode()
        digest = hashlib.blake2b(said, key=self.key, digest_size=8).digest()
        return int.from_bytes(digest, "big") & ((1 << count) - 1)

    def _ipv4(self, address: ipaddress.IPv4Address, length: int) -> str:
        number = int(address)
        if any(address in block for block in _WHOLE):
            return str(address)
        made = 0
        for place in range(24):
            prefix = number >> (32 - place)
            bit = (number >> (31 - place)) & 1
            # Where a block that means the same everywhere begins further down this way, the way is kept.
            fixed = any(
                block.prefixlen > place and int(block.network_address) >> (32 - place) == prefix for block in _KEPT
            )
            flipped = 0 if fixed else self._bits("4", f"{place}:{prefix}", 1)
            made = (made << 1) | (bit ^ flipped)
        made = (made << 8) | (number & 0xFF)
        # A network's own address keeps its zeros.
        if length < 32 and not number & ((1 << (32 - length)) - 1):
            made = made >> (32 - length) << (32 - length)
        return str(ipaddress.IPv4Address(made))

    def _ipv6(self, address: ipaddress.IPv6Address, spelt: str) -> str:
        groups = [f"{int(group, 16):x}" for group in address.exploded.split(":")]
        made = [groups[0]]
        for place in range(1, 7):
            group = groups[place]
            # Zeros stay zeros and lengths stay, so that the address is written as long as it was.
            made.append(group if group == "0" else self._hex(group, "6:" + ":".join(groups[:place])))
        made.append(groups[7])
        if groups[:2] == ["2001", "db8"]:
            made[1] = groups[1]
        made = self._of_mac(groups, made)
        written = str(ipaddress.IPv6Address(":".join(made)))
        return written.upper() if spelt.upper() == spelt and spelt.lower() != spelt else written

    def _of_mac(self, groups: list[str], made: list[str]) -> list[str]:
        """Return an address whose last half was made of a MAC address (ff:fe in its middle), of that one's stand-in."""
        half = "".join(group.zfill(4) for group in groups[4:])
        if half[6:10] != "fffe":
            return made
        first = int(half[:2], 16) ^ 2
        mac = self._mac(f"{first:02x}" + half[2:6] + half[10:])
        half = f"{int(mac[:2], 16) ^ 2:02x}" + mac[2:6] + "fffe" + mac[6:]
        return made[:4] + [half[at : at + 4] for at in range(0, 16, 4)]

    def _hex(self, group: str, prefix: str) -> str:
        """Return a group of as many digits that is another one's under the same prefix and never zero."""
        low = 16 ** (len(group) - 1)
        span = 16 ** len(group) - low
        # A rotation by a number of the prefix's own: one to one, and of the same length.
        return f"{low + (int(group, 16) - low + self._bits('6', f'{prefix}:{len(group)}', 32)) % span:x}"

    def _mac(self, spelt: str) -> str:
        digits = re.sub(r"[^0-9A-Fa-f]", "", spelt).lower()
        if digits.startswith(_SHARED_MACS):
            return spelt
        if digits not in self._macs:
            vendor, taken = digits[:6], set(self._macs.values())
            attempt = 0
            while (made := f"{vendor}{self._bits('mac', f'{digits}{attempt}', 24):06x}") in taken:
                attempt += 1
            self._macs[digits] = made
        left = iter(self._macs[digits])
        made = "".join(next(left) if char.isalnum() else char for char in spelt)
        return made.upper() if spelt.upper() == spelt and spelt.lower() != spelt else made

    def _like(self, spelt: str) -> str:
        """Return a text of the same digits and letters by kind."""
        made = []
        for place, char in enumerate(spelt):
            number = self._bits("serial", f"{place}:{spelt}", 32)
            if char.isdigit():
                made.append(str(number % 10))
            elif char.isalpha():
                letter = chr(ord("a") + number % 26)
                made.append(letter.upper() if char.isupper() else letter)
            else:
                made.append(char)
        return "".join(made)


def _aligned(pattern: re.Pattern[str], line: str, replace: Callable[[re.Match[str]], str]) -> str:
    """Replace in a line; blanks behind a replacement of another length grow or shrink so that columns stay."""
    parts: list[str] = []
    end = owed = 0
    for match in pattern.finditer(line):
        between, owed = _spaced(line[end : match.start()], owed)
        made = replace(match)
        parts += [between, made]
        owed += len(made) - len(match[0])
        end = match.end()
    rest, _ = _spaced(line[end:], owed)
    return "".join([*parts, rest])


def _spaced(text: str, owed: int) -> tuple[str, int]:
    """Return a text whose first run of two blanks or more takes up what is owed, as far as it can."""
    if not owed:
        return text, 0
    for run in re.finditer(r" {2,}(?=\S)", text):
        width = max(2, len(run[0]) - owed)
        return f"{text[: run.start()]}{' ' * width}{text[run.end() :]}", owed - (len(run[0]) - width)
    return text, owed
