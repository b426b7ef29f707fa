// Fills the form with the inputs that are embedded in a downloaded picture.

/** Fill the form with the inputs embedded in the first of these files. */
export function fillFrom(files) {
  const chosen = new DataTransfer();
  chosen.items.add(files[0]);
  const input = document.querySelector("#picture");
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  if (event.target.id !== "picture" || !event.target.files.length) return;
  document.querySelector("#restore").click();
});
