"""Downloads and moves: zips of pictures, contact sheets, export and import of a workspace.

selection, picture_zip, table           selected pictures as a streamed zip
contact_sheet, canvases                 a contact sheet as PNG or PDF
export, importer, import_readers, rows  moving a workspace to another installation
"""
