// Shows on each pill the choice made in its popover. A click on a choice closes the popover.

const fieldOf = (target) => target.closest?.("#fields .pill-field");

function show(field) {
  const chosen = field.querySelector(".pill-field__box :checked");
  const words = field.querySelector(".pill__words");
  const label = chosen?.labels[0];
  const text = label?.querySelector("span").textContent;
  const number = field.querySelector(".pill-field__box input[type=number]");
  const shown = number ? number.value : chosen?.value && text;
  words.textContent = shown || words.dataset.blank;
  words.classList.toggle("pill__words--blank", !shown);
  const shape = label?.querySelector("svg");
  const glyph = field.querySelector(".pill > svg");
  if (shape && glyph.matches(".ratio")) glyph.replaceWith(shape.cloneNode(true));
}

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const field = fieldOf(event.target);
    if (field) show(field);
  });
}

// A click with a pointer has a detail above 0. The arrow keys, which also choose, cause clicks with detail 0
// and must not close the popover.
document.addEventListener("click", (event) => {
  const box =
    event.detail && event.target.closest?.(".pill-field__box label") && fieldOf(event.target);
  if (box) box.querySelector("[popover]").hidePopover();
});

// Moves the focus to the current choice when the popover opens.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.newState !== "open" || !event.target.matches?.(".pill-field__box")) return;
    const { target } = event;
    const first =
      target.querySelector(":checked") ?? target.querySelector("input:not([type=hidden])");
    first?.focus();
  },
  true,
);
