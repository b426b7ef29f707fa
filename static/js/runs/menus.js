// Closes the menu of a run after an action. The card shows the message about the action.

document.addEventListener("submit", (event) => {
  const menu = event.target.closest(".menu--run");
  if (menu?.matches(":popover-open")) menu.hidePopover();
});
