"""Everything that was ever made: browsed, searched, sorted, thrown away."""
