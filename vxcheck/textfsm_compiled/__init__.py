"""Run TextFSM templates as specialised code: the rows of textfsm, many times faster.

    template = textfsm_compiled.compile(text_of_the_template)
    template.header                     the Values' names
    template.rows(output)               what textfsm's ParseText returns
    template.dicts(output)              what textfsm's ParseTextToDicts returns
    template.columns(output)            the same as columns, with the number of the line of each value

A template becomes a Python function, in which each state is a loop over the lines and each Value a local variable;
runs of table lines are taken at once. What the compiler does not know is left to textfsm itself.
docs/textfsm_compiled.md tells more.
"""

from __future__ import annotations

from functools import lru_cache

from vxcheck.textfsm_compiled._columns import Columns
from vxcheck.textfsm_compiled._compiled import Compiled
from vxcheck.textfsm_compiled._stock import Unmatched

__all__ = ["Columns", "Compiled", "Unmatched", "compile"]


@lru_cache(maxsize=1024)
def compile(text: str, *, lazy: bool = False) -> Compiled:  # noqa: A001  # as re.compile
    """Return a template's text as code, made once a process.

    Raises textfsm.TextFSMTemplateError where textfsm does; of a `lazy` template a state's regular expressions are
    compiled when it is first entered, and those that are wrong raise it only then.
    """
    return Compiled(text, lazy=lazy)
