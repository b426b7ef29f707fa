// Reports when the pictures of an update became visible, if the board has a URL for that.

document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => {
  const address = target.closest?.("#runs")?.dataset.seen;
  if (!address || !target.matches("[data-mine]")) return;
  for (const image of target.querySelectorAll(".tile img[width]"))
    image.decode().then(
      () => {
        const body = new FormData();
        body.append("output", image.closest(".tile").id.slice(5)); // without "tile-"
        body.append(
          "csrfmiddlewaretoken",
          document.querySelector("[name=csrfmiddlewaretoken]").value,
        );
        navigator.sendBeacon(address, body);
      },
      () => {}, // replaced before it was decoded, or damaged
    );
});
