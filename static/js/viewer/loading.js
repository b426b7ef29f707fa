// Lazy loading of the viewer's scripts, when the pointer is first on a picture or a picture is opened: on most
// visits nobody opens the viewer. A click before the scripts are loaded is repeated; if they cannot be loaded,
// the link opens the page of the picture.

import { isPlainClick, LINK, PICTURE } from "./links.js";

const source = document.querySelector("meta[name=viewer-scripts]")?.content;
const waiting = new AbortController();

let scripts = null;

function fetchScripts() {
  scripts ??= import(source).then(() => waiting.abort());
  return scripts;
}

function listen(target, name, handle) {
  if (source) target.addEventListener(name, handle, { signal: waiting.signal });
}

for (const name of ["pointerover", "focusin"])
  listen(document, name, ({ target }) => {
    if (target.closest?.(LINK)) fetchScripts().catch(() => {});
  });

listen(document, "click", (event) => {
  const link = event.target.closest?.(LINK);
  if (!link || event.defaultPrevented || !isPlainClick(event)) return;
  event.preventDefault();
  fetchScripts().then(
    () => link.click(),
    () => {
      location.href = link.href;
    },
  );
});

// The Forward button leads to a picture, and the page was reloaded since: dialog.js opens the picture.
listen(window, "popstate", () => {
  if (PICTURE.test(location.pathname)) fetchScripts().catch(() => location.reload());
});
