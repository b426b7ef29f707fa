// Beyond plain boxes: a row of pictures chosen by shift, and none by Escape.

let last = null;

const boxes = () => [...document.querySelectorAll(".tile__pick input")];

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".tile__pick input");
  if (!box) return;
  if (event.shiftKey && last) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target.matches("input[type=search], input:not([type=checkbox])")) return;
  for (const box of boxes()) box.checked = false;
});
