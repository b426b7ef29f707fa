"""What is taken away: pictures as a zip, contact sheets, and a whole workspace, out and in.

selection, picture_zip, table           chosen pictures as a zip that is written while it is read
contact_sheet, canvases                 a contact sheet, drawn the same on PNG and PDF
export, importer, import_readers, rows  a workspace on its way into another installation
"""
