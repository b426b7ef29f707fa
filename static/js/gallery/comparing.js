// Chooses the pictures to compare: the selected ones, or pictures added one by one, which sessionStorage keeps
// until they are compared.

import { text } from "../texts.js";
import { toast } from "../toast.js";
import { selectedBoxes } from "./tiles.js";

const KEY = "comparison"; // in sessionStorage
const [MIN, MAX] = [2, 6];

function open(outputs) {
  const { comparison } = document.querySelector("[data-comparison]").dataset; // the URL of the page
  location.href = `${comparison}?${outputs.map((output) => `o=${output}`).join("&")}`;
}

export function compareSelected() {
  const outputs = selectedBoxes().map((box) => box.value);
  if (outputs.length < MIN || outputs.length > MAX) toast(text("comparisonLimits"));
  else open(outputs);
}

/** Add an output to the comparison, or remove it. */
export function toggleCompared(output) {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  const isIn = kept.includes(output);
  const next = isIn ? kept.filter((each) => each !== output) : [...kept, output];
  if (next.length > MAX) {
    toast(text("comparisonLimits"), [[text("compare"), () => open(kept)]]);
    return;
  }
  sessionStorage.setItem(KEY, JSON.stringify(next));
  const words = text(isIn ? "comparisonRemoved" : "comparisonAdded", { count: next.length });
  toast(words, next.length < MIN ? [] : [[text("compare"), () => open(next)]]);
}

export const forgetCompared = () => sessionStorage.removeItem(KEY);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-comparison]");
  if (!button) return;
  event.preventDefault();
  button.closest("[popover]")?.hidePopover();
  if (button.dataset.output) toggleCompared(button.dataset.output);
  else compareSelected();
});
