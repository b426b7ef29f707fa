// The panels of the bulk actions that need a word or a number; one is open at a time.

const findOpen = () => document.querySelector(".bulk__group[open]");

/** Return the action of the open panel, which Enter in its field means. */
export const openAction = () => document.querySelector(".bulk__group[open] button")?.value;

/** Close the open panel, if there is one, and give its button the focus. */
export function closePanel() {
  const open = findOpen();
  if (!open) return false;
  open.open = false;
  open.querySelector("summary").focus();
  return true;
}

/** Open the panel that a button is in. */
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

// Enter in a field presses the first button of the form, which is another's.
document.querySelector("#picked")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".bulk__panel input")) return;
  event.preventDefault();
  event.target.closest(".bulk__panel").querySelector("button").click();
});
