// Adds a search field above a select with many options.

import { text } from "../texts.js";
import { onDraw } from "./drawing.js";

const LONG_LIST = 15;

const allOptions = new WeakMap(); // all options of each searchable select

/** Restore all options of a select that a search removed. */
export function restoreOptions(select) {
  if (allOptions.has(select)) select.replaceChildren(...allOptions.get(select));
}

function makeSearchable(select) {
  select.dataset.searched = "";
  const options = [...select.options];
  allOptions.set(select, options);
  const search = document.createElement("input");
  search.type = "search";
  search.className = "field__search";
  const count = options.filter((option) => option.value).length;
  search.placeholder = text("searchOptions", { count });
  search.setAttribute("aria-label", text("searchBelow"));
  const fits = (option) =>
    `${option.text} ${option.title}`.toLowerCase().includes(search.value.toLowerCase());
  search.addEventListener("input", () => {
    const chosen = select.value; // a select whose chosen option is removed chooses another
    select.replaceChildren(...options.filter((option) => option.value === chosen || fits(option)));
    select.value = chosen;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") select.focus();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found =
      search.value && [...select.options].find((option) => option.value && fits(option));
    if (!found) return;
    select.value = found.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.before(search);
}

onDraw(() => {
  for (const select of document.querySelectorAll("#fields select:not([data-searched])")) {
    if (select.options.length > LONG_LIST) makeSearchable(select);
  }
});
