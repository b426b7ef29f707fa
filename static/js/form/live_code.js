// The code of the request follows the form while it is open.

import { isOfFields } from "./drawing.js";
import { check, onAsking, onChecked } from "./live_check.js";

const findCode = () => document.querySelector("details#code");

onAsking((body) => {
  if (findCode()?.open) body.set("code", "1");
});

onChecked((drawn) => {
  const texts = drawn.querySelector("template#code-now")?.content.querySelectorAll(".code__text");
  for (const text of texts ?? []) {
    findCode().querySelector(`#${text.id}`).textContent = text.textContent;
  }
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target === findCode() && event.target.open) check();
  },
  true,
);

document.addEventListener("htmx:afterSwap", (event) => {
  if (isOfFields(event) && findCode()?.open) check();
});
