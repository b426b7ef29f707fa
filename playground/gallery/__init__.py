"""All results: browse, search, sort, trash."""
