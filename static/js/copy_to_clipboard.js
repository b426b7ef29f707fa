// Copies the text of a field or an element to the clipboard: <button data-copy="its id">.

import { announce } from "./announcement.js";
import { text } from "./texts.js";

const AGAIN_MILLISECONDS = 2000;

/** Show the copy buttons where the browser has a clipboard. */
export function reveal() {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = !navigator.clipboard; // browsers have none on pages loaded over plain HTTP
    document.getElementById(button.dataset.copy).select?.();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!button) return;
  const part = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(part.value ?? part.textContent);
  const copied = text("copied");
  announce(copied);
  const words = [...button.childNodes];
  if (button.textContent === copied) return;
  button.textContent = copied;
  setTimeout(() => button.replaceChildren(...words), AGAIN_MILLISECONDS);
});

document.addEventListener("htmx:afterSettle", reveal);
reveal();
