// Uploads pasted files into the file field with the focus, else into the first one.

import { zoneOf } from "./file_fields.js";
import { upload } from "./uploads.js";

document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  const zone = zoneOf(event.target) ?? document.querySelector("#form .files");
  const isText =
    event.clipboardData.types.includes("text/plain") && event.target.closest?.("input, textarea");
  if (!files.length || !zone || isText) return; // cells of a spreadsheet are pasted as text and as a picture
  event.preventDefault();
  zone.closest("details")?.setAttribute("open", "");
  upload(zone, files);
});
