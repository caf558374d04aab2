"""The running program: configuration, wiring, jobs, daemon, command line and demonstration.

The only room that knows all the others, and the only one that reads the clock, the environment and signals.
"""
