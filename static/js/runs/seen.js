// Says when pictures that news brought became visible, where the board asks for that.

document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => {
  const address = target.closest?.("#runs")?.dataset.seen;
  if (!address || !target.matches("[data-mine]")) return;
  for (const image of target.querySelectorAll(".tile img[width]"))
    image.decode().then(
      () => {
        const body = new FormData();
        body.append("output", image.closest(".tile").id.slice(5)); // "tile-" and the id
        body.append(
          "csrfmiddlewaretoken",
          document.querySelector("[name=csrfmiddlewaretoken]").value,
        );
        navigator.sendBeacon(address, body);
      },
      () => {}, // it was replaced meanwhile, or is damaged
    );
});
