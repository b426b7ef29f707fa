"""Files: what people hand in and what runs give, from their first byte to where they are shown.

content, pictures, videos, mp4  what a file is, told by its bytes
intake, files, uploads          on its way in
storage, bucket                 where it lies
serving, views                  on its way out
likeness, latecomers            what they look like
trash                           gone for good
"""
