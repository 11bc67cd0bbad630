"""One module a verb; each has `run(given)`, which returns the exit status."""
