"""Costs of runs: estimates, budgets, usage.

All amounts are in the provider's own unit, which it does not name.
"""
