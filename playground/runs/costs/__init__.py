"""What runs cost: what one will, what budgets leave room for, what was spent on what.

All amounts are in the provider's own unit, which it does not name.
"""
