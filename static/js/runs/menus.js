// A menu closes when one of its buttons was pressed; what is said of the press is at the run.

document.addEventListener("submit", (event) => {
  const menu = event.target.closest(".menu--run");
  if (menu?.matches(":popover-open")) menu.hidePopover();
});
