"""The catalogue of models: versions of their schemas, rules across fields, prices."""
