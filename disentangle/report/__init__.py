"""What came out, to look at: the page of an experiment, tables on the terminal, a recipe's results."""
