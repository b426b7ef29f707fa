// Of several files in one field, each can be moved forward.

import { element } from "../elements.js";
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
    title: "Move one place forward",
  });
  mover.setAttribute("aria-label", `Move ${name} one place forward`);
  mover.addEventListener("click", () => {
    item.previousElementSibling?.before(item);
    mover.focus();
  });
  item.append(mover);
}

onFileFields(addMovers);
