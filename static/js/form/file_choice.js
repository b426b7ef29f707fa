// Files that are chosen in their field, and files that are taken out of it.

import { inputOf, zoneOf } from "./file_fields.js";
import { take } from "./uploads.js";

document.addEventListener("change", (event) => {
  const zone = zoneOf(event.target);
  if (!zone) return;
  if (event.target.type === "file" && event.target.files.length) {
    take(zone, [...event.target.files]);
    event.target.value = "";
  } else if (event.target.type === "checkbox") {
    event.target.closest(".files__item")?.remove(); // "Remove" was ticked
    inputOf(zone).focus();
  }
});
