// Shows a new picture over its blurred placeholder when it is loaded completely, and not line by line.

const isOnTheWay = (image) => image.matches(".picture img:not([alt=''])") && !image.complete;

document.addEventListener("htmx:oobAfterSwap", (event) => {
  for (const image of event.detail.target.querySelectorAll?.("img") ?? [])
    if (isOnTheWay(image)) image.dataset.coming = "";
});

for (const name of ["load", "error"])
  document.addEventListener(name, ({ target }) => target.removeAttribute?.("data-coming"), true);
