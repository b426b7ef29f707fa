"""What people see of runs: the board, the page of one run, its timeline and its code."""
