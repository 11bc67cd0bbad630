"""The tests: every sample of every parser, every case of every check, and a module each for the engine."""
