// Stores the opened picture in the fragment of the URL, and focuses it again when the person comes back.

const isPicture = () => location.hash.startsWith("#picture-");

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.(".picture__open");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    history.replaceState(history.state, "", `#${link.id}`);
  },
  true,
);

function focusAgain() {
  if (isPicture()) document.getElementById(location.hash.slice(1))?.focus({ preventScroll: true });
}

window.addEventListener("load", () => setTimeout(focusAgain)); // after the browser scrolled to the fragment
