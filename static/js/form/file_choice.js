// Uploads files that are chosen in a file field, and removes files from it.

import { inputOf, zoneOf } from "./file_fields.js";
import { upload } from "./uploads.js";

document.addEventListener("change", (event) => {
  const zone = zoneOf(event.target);
  if (!zone) return;
  if (event.target.type === "file" && event.target.files.length) {
    upload(zone, [...event.target.files]);
    event.target.value = "";
  } else if (event.target.type === "checkbox") {
    event.target.closest(".files__item")?.remove(); // the checkbox "Remove"
    inputOf(zone).focus();
  }
});
