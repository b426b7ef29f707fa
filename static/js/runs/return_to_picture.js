// A picture that is opened in the viewer, and the way back to it: the address keeps which one it
// was, and it has the focus again.

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

window.addEventListener("load", () => setTimeout(focusAgain)); // the browser goes to the place first
