"""What is wrong with a value, in words for people, at the places where it can be corrected."""
