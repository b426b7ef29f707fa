// Redraws the form after a type was chosen or an optional part was switched on: clicks the button that does
// the same without JavaScript.

function editButtonOf(control) {
  const part = control.closest("[data-pick], .group--maybe");
  return part?.querySelector(':scope > button[name="~do"]');
}

document.addEventListener("change", (event) => {
  const name = event.target.name ?? "";
  if (name.startsWith("~pick") || name.startsWith("~on")) editButtonOf(event.target)?.click();
});
