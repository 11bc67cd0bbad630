"""Measure vxcheck against its peers: a module a subject, whose function `parts` returns its parts of the page."""
