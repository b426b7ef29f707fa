/** Let screen readers say it: in a dialog by its own status, for the page behind is not read. */
export function announce(words) {
  const inDialog = document.querySelector("dialog:modal [data-announcement]");
  (inDialog ?? document.querySelector("#announcement")).textContent = words;
}
