"""The files of runs: results and uploads, from receipt to deletion.

stored, downloads, uploads, file_links  storing, and what leads to it
serving, views, embedded_inputs         sending
hash_backfill                           perceptual hashes of older files
trash                                   deletion
pending_files                           storing and deleting without a file left behind
"""
