"""Downloads and moves: zips of pictures, contact sheets, export and import of a workspace.

selection, picture_zip, table           chosen pictures as a zip that is written while it is read
contact_sheet, canvases                 a contact sheet, drawn the same on PNG and PDF
export, importer, import_readers, rows  a workspace on its way into another installation
"""
