"""What is taken away: pictures as a zip, contact sheets, and a whole workspace, out and in.

selection, parcel, table, page   chosen pictures as a zip that is written while it is read
sheet, pens                      a contact sheet, drawn the same on PNG and PDF
export, rows, intake             a workspace on its way into another installation
"""
