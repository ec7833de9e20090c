"""One module per command of the command line: its docstring is the help, `add_arguments` and `run` the rest."""
