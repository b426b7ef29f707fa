// The size of pictures that is chosen is remembered for the gallery and for the board: the server
// reads it and sends the next page as it was.

document.addEventListener("change", ({ target }) => {
  if (target.name !== "density") return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = `density=${target.value}; path=/; max-age=31536000; samesite=lax${secure}`;
});
