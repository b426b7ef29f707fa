// A picture that news bring appears over its tiny placeholder once it is decoded, and not in parts.

const isOnTheWay = (image) => image.matches(".picture img:not([alt=''])") && !image.complete;

document.addEventListener("htmx:oobAfterSwap", (event) => {
  for (const image of event.detail.target.querySelectorAll?.("img") ?? [])
    if (isOnTheWay(image)) image.dataset.coming = "";
});

for (const name of ["load", "error"])
  document.addEventListener(name, ({ target }) => target.removeAttribute?.("data-coming"), true);
