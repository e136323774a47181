"""The command line: one small file per command. It parses, calls and prints, and decides nothing.

Data goes to standard output, talk and progress to standard error. Heavy imports wait until a command runs.
"""
