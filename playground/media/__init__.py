"""Bytes of files: formats, decoding, sanitising, thumbnails, perceptual hashes, storage.

Knows no table and no request.
"""
