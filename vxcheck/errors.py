"""What can go wrong on the user's side, in words for the user."""


class UsageError(Exception):
    """Say what is wrong with what the user gave: an option, an inventory, a snapshot, a query (exit status 2)."""


class ContentError(UsageError):
    """Name the file of a parser or a check that cannot be used, and why."""
