// Loads the code of the request when it is first opened, and updates it with the form while it is open.

import { reveal } from "../copy_to_clipboard.js";
import { isOfFields } from "./drawing.js";
import { beforeCheck, check, onChecked } from "./live_check.js";

const findCode = () => document.querySelector("details#code");

beforeCheck((body) => {
  if (findCode()?.open) body.set("code", "1");
});

onChecked((drawn) => {
  const now = drawn.querySelector("template#code-now")?.content.querySelector(".code");
  if (!now) return;
  if (!findCode().querySelector(".code")) {
    findCode().append(now);
    reveal();
    return;
  }
  for (const text of now.querySelectorAll(".code__text")) {
    findCode().querySelector(`#${text.id}`).textContent = text.textContent;
  }
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target === findCode() && event.target.open) check(0);
  },
  true,
);

document.addEventListener("htmx:afterSwap", (event) => {
  if (isOfFields(event) && findCode()?.open) check();
});
