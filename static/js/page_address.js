// Changes the URL of the page. While the viewer is open, the URL is that of the picture, in its own history
// entry (viewer/dialog.js), so the page must neither read nor change it.

const isOurs = () => !history.state?.viewer;

/** Change the URL of the page with `change(url)`: now, or when the viewer is closed. */
export function changePageAddress(change) {
  if (!isOurs()) {
    window.addEventListener("popstate", () => changePageAddress(change), { once: true });
    return;
  }
  const address = new URL(location.href);
  change(address);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Store values in the history entry of the page. Does nothing while the viewer is open. */
export function storeInHistory(values) {
  if (isOurs()) history.replaceState(values, "");
}
