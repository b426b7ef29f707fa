// Applies the theme chosen in the menu at once. htmx sends the choice to the server, which stores it.

document.addEventListener("change", ({ target }) => {
  if (!target.matches("#theme input")) return;
  const theme = target.value;
  document.documentElement.dataset.theme = theme;
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    const { scheme } = meta.dataset;
    const system = theme === "system" && `(prefers-color-scheme: ${scheme})`;
    meta.media = system || (theme === scheme ? "all" : "not all");
  }
});
