// The page's own address. While the viewer is open the address is the picture's, in an entry of the
// history of its own (viewer/dialog.js), so a page must neither read its address then nor change it.

const isOurs = () => !history.state?.viewer;

/** Change the address of the page by `change(url)`: now, or when the viewer over it is closed. */
export function changePageAddress(change) {
  if (!isOurs()) {
    window.addEventListener("popstate", () => changePageAddress(change), { once: true });
    return;
  }
  const address = new URL(location.href);
  change(address);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Keep values in the page's entry of the history; nothing is kept while the viewer is open. */
export function keepInHistory(values) {
  if (isOurs()) history.replaceState(values, "");
}
