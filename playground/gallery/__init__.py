"""The gallery of all results: browse, search, organise, trash."""
