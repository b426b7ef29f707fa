// Buttons that move a file forward in a field with several files.

import { element } from "../elements.js";
import { text } from "../texts.js";
import { onFileFields } from "./file_fields.js";

export function addMovers(zone) {
  if (zone.dataset.multiple !== "true") return;
  for (const item of zone.querySelectorAll(".files__item:not([data-busy], [data-refused])")) {
    if (!item.querySelector(".files__earlier")) addMover(item);
  }
}

function addMover(item) {
  const name =
    item.querySelector("img")?.alt ?? item.querySelector(".files__name")?.textContent ?? "";
  const mover = element("button", {
    type: "button",
    className: "files__earlier",
    textContent: "←",
    title: text("moveForward"),
  });
  mover.setAttribute("aria-label", text("moveNamedForward", { name }));
  mover.addEventListener("click", () => {
    item.previousElementSibling?.before(item);
    mover.focus();
  });
  item.append(mover);
}

onFileFields(addMovers);
