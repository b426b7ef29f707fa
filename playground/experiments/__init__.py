"""Experiments: grids of runs with varied inputs, comparisons and votes."""
