"""What `--help` says below the options: what a SOURCE is, examples, and exit statuses, for each verb."""

from __future__ import annotations

_SOURCE = """\
a SOURCE:
  a nornir inventory (a folder with hosts.yaml, such a file, or a nornir
  configuration file), or a snapshot that `vxcheck collect` wrote, or one of a
  history that check's --save keeps: DIR/2026-11-24T20-00-00Z, DIR/2026-11-24
  (the last of that day), DIR/previous, DIR/latest or DIR (the newest)
"""

_VERDICT = """\
exit status:
  0  all that should have been examined was, and passed
  1  at least one fault found
  2  usage or inventory error: nothing was asked of any device
  3  no fault found, but something that should have been examined was not
     (--allow-incomplete accepts that)
  4  a fault of vxcheck's own
"""

_CHANGED = """\
exit status:
  0  nothing new is wrong
  1  a fault is new; with --expect, also where something that is expected is
     missing, or more than that has changed
  2  usage or inventory error: nothing was asked of any device
  3  nothing new is wrong as far as that could be examined; what could not is
     named (--allow-incomplete accepts that)
  4  a fault of vxcheck's own
"""

_PLUGIN = """\
  With `--format icinga` on standard output, those of a plugin instead:
  0 OK, 1 WARNING, 2 CRITICAL (a fault), 3 UNKNOWN (incomplete, or an error)
"""

_ROWS = """\
exit status:
  0  everything that the tables should hold is known
  2  usage or inventory error: nothing was asked of any device
  3  something that the tables should hold is not known: standard error says so
  4  a fault of vxcheck's own
"""

_LOCAL = """\
exit status:
  0  done
  2  usage error
  4  a fault of vxcheck's own
"""

_EXAMPLES = {
    "": """\
examples:
  vxcheck demo                          see it work, on emulated devices
  vxcheck check fabric/                 is everything all right?
  vxcheck check fabric/ -o report.html  the same, as a page to look at
  vxcheck explain udp_port_mismatch     why a check matters, how to mend it
""",
    "check": """\
examples:
  vxcheck check fabric/
  vxcheck check fabric/ --polls 2               counters that grow, too
  vxcheck check fabric/ --format table --format junit=report.xml
  vxcheck check fabric/ -o report.html -o report.json
  vxcheck check fabric/ --check 'udp_port_*' --device 'leaf*'
  vxcheck check fabric/ --watch 30              while you change something
  vxcheck check fabric/ --wait 90               until all has settled
  vxcheck check fabric/ --since before          what a change has done
  vxcheck check fabric/ --format icinga         as a monitoring plugin
  vxcheck collect fabric/ -o monday && vxcheck check monday
""",
    "collect": """\
examples:
  vxcheck collect fabric/ -o monday
  vxcheck collect fabric/ -o now --polls 2 --interval 30 --device 'leaf*'
""",
    "diff": """\
examples:
  vxcheck collect fabric/ -o before    then change something, and
  vxcheck diff before fabric/          what did that do?
  vxcheck diff before after            of two snapshots
  vxcheck diff before after -v -o change.html --format table
  vxcheck diff before after --expect change.yaml     and only what was meant?
""",
    "show": """\
examples:
  vxcheck show vni_members fabric/
  vxcheck show remote_macs monday --format csv
  vxcheck show macs days --mac 00:1c:73:aa:bb:01      where it has been
  vxcheck show routes days --where device=leaf1 --where destination=10.0.0.2/32
""",
    "history": """\
examples:
  vxcheck check fabric/ --save days --keep 24h,7d,4w
  vxcheck history days
  vxcheck history days --device leaf1 --check 'udp_*'
  vxcheck check days/2026-11-24
""",
    "query": """\
examples:
  vxcheck query "SELECT device, vni FROM vni_members WHERE vni = 10" fabric/
  vxcheck query "SELECT * FROM coverage WHERE NOT covered" monday --format json
""",
    "trace": """\
examples:
  vxcheck trace fabric/ --vni 10 --from 192.168.0.1 --to 192.168.0.2
  vxcheck trace fabric/ --vni 10 --from leaf1:eth3 --to 08:00:27:a6:f1:3d
  vxcheck trace monday --vni 10 --from leaf1:eth3 --to leaf2:Et2 --size 1500
  vxcheck trace fabric/ --vni 10 --from leaf1:eth3 --to leaf2:Et2 --polls 2
  vxcheck trace monday --vni 10 --from leaf1:eth3 --to leaf2:Et2 -o trace.html
""",
    "parse": """\
examples:
  vxcheck parse arista_eos "show vxlan vtep" output.txt
  ssh leaf1 "show vxlan vtep" | vxcheck parse arista_eos "show vxlan vtep"
""",
    "explain": """\
examples:
  vxcheck explain
  vxcheck explain udp_port_mismatch
""",
    "demo": """\
examples:
  vxcheck demo
  vxcheck demo --fault udp-port -o report.html
  vxcheck demo --serve
""",
    "intent": """\
examples:
  vxcheck intent from fabric/ -o fabric/intent.yaml
  vxcheck intent schema -o intent.schema.json
  vxcheck intent schema --change -o change.schema.json
""",
    "new": """\
examples:
  vxcheck new check vlan_missing -o checks
""",
    "test": """\
examples:
  vxcheck test checks
""",
    "completion": """\
examples:
  vxcheck completion bash > ~/.local/share/bash-completion/completions/vxcheck
  vxcheck completion zsh > ~/.zfunc/_vxcheck       (~/.zfunc in $fpath)
  vxcheck completion fish > ~/.config/fish/completions/vxcheck.fish
""",
}

_COLLECTED = """\
exit status:
  0  all devices were collected
  2  usage or inventory error: nothing was asked of any device
  3  a device was not, or not wholly, collected; standard error says why
  4  a fault of vxcheck's own
"""

_TOLD = """\
exit status:
  0  every snapshot has a verdict, and it is told
  2  usage error
  3  a snapshot has no verdict, or a damaged one
  4  a fault of vxcheck's own
"""

_PARSED = """\
exit status:
  0  every line was understood
  2  usage error
  3  a line was not understood, or the output is a refusal
  4  a fault of vxcheck's own
"""

_TRACED = """\
exit status:
  0  it arrives in both directions, as far as can be seen
  1  it stops somewhere
  2  usage or inventory error, or nothing shows who a host is
  3  it is not known to stop, but something on its way is not known
  4  a fault of vxcheck's own
"""

_TESTED = """\
exit status:
  0  every case came out as its page says
  1  a case did not
  2  usage error, or a check that cannot be read
  4  a fault of vxcheck's own
"""

_STATUSES = {
    "": f"{_SOURCE}\n{_VERDICT}",
    "check": f"{_SOURCE}\n{_VERDICT}{_PLUGIN}",
    "demo": f"{_VERDICT}{_PLUGIN}",
    "diff": f"{_SOURCE}\n{_CHANGED}",
    "collect": f"{_SOURCE}\n{_COLLECTED}",
    "show": f"{_SOURCE}\n{_ROWS}",
    "query": f"{_SOURCE}\n{_ROWS}",
    "history": _TOLD,
    "trace": f"{_SOURCE}\n{_TRACED}",
    "parse": _PARSED,
    "test": _TESTED,
}


def epilog(verb: str = "") -> str:
    """Return what stands below the options of a verb's --help, or of `vxcheck --help`."""
    statuses = _STATUSES.get(verb, _LOCAL)
    parts = [_EXAMPLES.get(verb, ""), statuses]
    return "\n".join(part for part in parts if part)
