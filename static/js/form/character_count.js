// A character counter: <textarea data-max-length="500">. It is beside the field's label; for the prompt it is
// in the box, because there are buttons beside the label.

import { format } from "../texts.js";
import { onDraw } from "./drawing.js";

function addCounter(field, text) {
  const counter = document.createElement("span");
  counter.className = "field__count";
  counter.setAttribute("aria-live", "off");
  (text.closest(".prompt") ? text : field.querySelector(".field__label")).after(counter);
  return counter;
}

function count(text) {
  const field = text.closest(".field");
  const counter = field.querySelector(".field__count") ?? addCounter(field, text);
  const length = [...text.value].length; // in code points, as maxLength counts them, not in UTF-16 units
  counter.textContent = `${format(length)} / ${format(text.dataset.maxLength)}`;
  counter.toggleAttribute("data-over", length > Number(text.dataset.maxLength));
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (field && event.target.type !== "search" && event.target.dataset.maxLength)
    count(event.target);
});

onDraw(() => {
  for (const text of document.querySelectorAll("#fields [data-max-length]")) count(text);
});
