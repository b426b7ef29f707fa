// Keyboard navigation in the popover of a filter: focuses the current choice; the arrow keys move the focus.

const itemsOf = (popover) => [...popover.querySelectorAll("a, button, input:not([type=hidden])")];

document.addEventListener(
  "toggle",
  ({ target, newState }) => {
    if (newState !== "open" || !target.matches(".filters > .popover")) return;
    (target.querySelector("[aria-current]") ?? itemsOf(target)[0])?.focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const popover = event.target.closest?.(".filters > .popover");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!popover || !step || event.target.matches("[type=date]")) return;
  event.preventDefault();
  const items = itemsOf(popover);
  const at = items.indexOf(event.target) + step;
  items[(at + items.length) % items.length].focus();
});

// htmx loads the choices later, possibly into an open popover.
document.addEventListener("htmx:oobAfterSwap", () => {
  const open = document.querySelector(".filters > .popover:popover-open");
  if (open && document.activeElement === document.body) itemsOf(open)[0]?.focus();
});
