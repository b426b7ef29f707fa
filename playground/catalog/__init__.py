"""Which models there are: versions of their schemas, the rules their prose states, prices."""
