"""The command line as its users meet it: what each command prints, on which stream, and what it ends with."""
