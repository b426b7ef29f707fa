"""What is wrong with a value, in plain words, at the places where it can be corrected."""
