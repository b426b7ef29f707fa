"""The pages of runs: the board, the page of a run, its timeline and its code."""
