"""Read commands line by line, as the switch's own command line does; the terminal echoes them."""

from __future__ import annotations

import os
import re
import sys

from .commands import answer


def main(argv: list[str]) -> int:
    """Answer one command given with -c, else all that are typed until `exit`."""
    if argv[:1] == ["-c"]:
        print(answer(" ".join(argv[1:])), end="")
        return 0
    prompt = f"{os.uname().nodename}#"
    while True:
        print(prompt, end="", flush=True)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            print()
            continue
        if not line or re.fullmatch("(exit|logout|quit)", line.strip()):
            return 0
        if line.strip():
            print(answer(line.strip()), end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
