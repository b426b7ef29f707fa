"""Any JSON Schema as plain draft 2020-12: references, formats, patterns, repairs, the validator."""
