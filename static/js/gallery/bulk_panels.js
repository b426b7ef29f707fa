// The panels of bulk actions that need a value, such as the name of a tag. One panel is open at a time.

const findOpen = () => document.querySelector(".bulk__group[open]");

/** Return the action of the open panel, which Enter in its field triggers. */
export const openAction = () => document.querySelector(".bulk__group[open] button")?.value;

/** Close the open panel and focus its button; return false if none is open. */
export function closePanel() {
  const open = findOpen();
  if (!open) return false;
  open.open = false;
  open.querySelector("summary").focus();
  return true;
}

/** Open the panel that contains a button. */
export function openPanel(button) {
  button.closest(".bulk__group").open = true;
}

export function closeAllPanels() {
  for (const open of document.querySelectorAll(".bulk__group[open]")) open.open = false;
}

document.addEventListener("click", (event) => {
  const open = findOpen();
  if (open && !open.contains(event.target)) open.open = false;
});

document.addEventListener(
  "toggle",
  (event) => {
    const isOpened = event.target.matches?.(".bulk__group[open]");
    if (isOpened) event.target.querySelector("input")?.focus();
  },
  true,
);

// Enter in a panel's field clicks the panel's button. The browser would click the first button of the form,
// which belongs to another action.
document.querySelector("#picked")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".bulk__panel input")) return;
  event.preventDefault();
  event.target.closest(".bulk__panel").querySelector("button").click();
});
