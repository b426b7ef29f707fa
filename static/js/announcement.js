/** Have screen readers announce a text. A modal dialog has its own live region: the page is inert. */
export function announce(words) {
  const inDialog = document.querySelector("dialog:modal [data-announcement]");
  (inDialog ?? document.querySelector("#announcement")).textContent = words;
}
