// Puts a large pasted text into a file field, as a file: <textarea data-large-paste="the file field's id">.
// A browser needs many seconds for the layout of a textarea with 10 MB.

const LARGE_CHARACTERS = 500_000;

document.addEventListener("paste", (event) => {
  const area = event.target instanceof Element ? event.target.closest("[data-large-paste]") : null;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!area || area.value || text.length < LARGE_CHARACTERS) return;
  event.preventDefault();
  const files = new DataTransfer();
  files.items.add(new File([text], "pasted.txt", { type: "text/plain" }));
  const field = document.getElementById(area.dataset.largePaste);
  field.files = files.files;
  field.focus();
});
