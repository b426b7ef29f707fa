"""Costs of runs: estimates, budgets, usage.

All amounts are in the provider's own unit; money.py writes them for people.
"""
