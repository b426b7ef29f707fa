// Stores in a cookie whether the settings are open. The server draws them accordingly.

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("#fields .settings-fold")) return;
    const secure = location.protocol === "https:" ? "; secure" : "";
    const value = event.target.open ? "open" : "closed";
    // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
    document.cookie = `settings=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  },
  true,
);
