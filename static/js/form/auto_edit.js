// A kind that was chosen, or a part that was switched on, shows itself at once: its button, which
// is for pages without scripts, is pressed.

function editButtonOf(control) {
  const part = control.closest("[data-pick], .group--maybe");
  return part?.querySelector(':scope > button[name="~do"]');
}

document.addEventListener("change", (event) => {
  const name = event.target.name ?? "";
  if (name.startsWith("~pick") || name.startsWith("~on")) editButtonOf(event.target)?.click();
});
