"""The models on offer: versions of their schemas, rules across fields, prices."""
