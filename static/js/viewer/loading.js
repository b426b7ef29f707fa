// The viewer's scripts are fetched when a picture is first pointed at or opened: most pages are left
// without that. A click that comes before them is repeated; where they do not come, the link leads on.

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

// Forward to a picture, on a page that was loaded again meanwhile: dialog.js shows it.
listen(window, "popstate", () => {
  if (PICTURE.test(location.pathname)) fetchScripts().catch(() => location.reload());
});
