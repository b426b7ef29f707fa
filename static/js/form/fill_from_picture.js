// A picture that was downloaded here brings its inputs, which fill the form.

/** Fill the form with the inputs of the first of these files. */
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
