// Drag and drop of files. A file dropped on a file field goes into that field, elsewhere on the form into the
// first file field of the prompt box. If there is none, or over the import box, the inputs embedded in the file
// fill the form.

import { text } from "../texts.js";
import { findForm } from "./controls.js";
import { zoneOf } from "./file_fields.js";
import { fillFrom } from "./fill_from_picture.js";
import { refuseNew, upload, uploadOutput } from "./uploads.js";

function placeOf(target) {
  const own = zoneOf(target);
  if (own || !target?.closest?.("#form") || target.closest("#import")) return own;
  return findForm().querySelector(".references__files");
}

const UUID = /^[0-9a-f-]{36}$/;

document.addEventListener("dragover", (event) => {
  const zone = placeOf(event.target);
  const { types } = event.dataTransfer;
  if (!types.includes("Files") && !(zone && types.includes("text/uri-list"))) return;
  event.preventDefault();
  if (zone) zone.dataset.over = "";
  findForm()?.toggleAttribute("data-over", Boolean(event.target.closest?.("#form")));
});

document.addEventListener("dragleave", (event) => {
  const zone = placeOf(event.target);
  if (zone && zone !== placeOf(event.relatedTarget)) delete zone.dataset.over;
  if (!findForm()?.contains(event.relatedTarget)) delete findForm()?.dataset.over;
});

document.addEventListener("drop", (event) => {
  const zone = placeOf(event.target);
  delete findForm()?.dataset.over;
  if (!event.dataTransfer.files.length) {
    dropLink(event, zone);
    return;
  }
  event.preventDefault(); // outside of fields too, or the browser would open the file
  if (!zone && event.target.closest?.("#form")) fillFrom(event.dataTransfer.files);
  if (!zone) return;
  delete zone.dataset.over;
  upload(zone, [...event.dataTransfer.files]);
});

// Some browsers give only a URL for a picture dragged from another page. The URL of a picture stored here has
// the id of its output.
function dropLink(event, zone) {
  const lines = event.dataTransfer.getData("text/uri-list").split(/\r?\n/);
  const link = lines.find((line) => line && !line.startsWith("#"));
  if (!zone || !link) return;
  event.preventDefault();
  delete zone.dataset.over;
  const output = findOutput(new URL(link, location.href));
  if (output) uploadOutput(zone, output, text("picture"));
  else refuseNew(zone, text("link"), text("linkWithoutFile"));
}

/** Return the id of the output that a URL of this site shows. */
function findOutput(address) {
  if (address.origin !== location.origin) return undefined;
  const folders = findForm().dataset.pictureAddresses.split(" ");
  const folder = folders.find((each) => address.pathname.startsWith(each));
  const id = folder && address.pathname.slice(folder.length).split("/")[0];
  return UUID.test(id) ? id : undefined;
}
