// Keyboard shortcuts of every page: "?" lists the shortcuts, "/" goes to the search, "g" and a letter go to a
// page of the navigation bar.

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const LINKS = { c: 0, g: 1, l: 2 }; // indexes of the links in the bar
const GO_MS = 1500; // the time for the letter after "g"

let goUntil = 0;

/** Whether "g" was pressed just before, so that this key names a page. */
export const isGoKey = ({ timeStamp }) => timeStamp < goUntil;

function isTyping(event) {
  return event.target.matches?.(TYPING) || event.ctrlKey || event.metaKey || event.altKey;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event)) return;
  const number = isGoKey(event) ? LINKS[event.key] : -1;
  goUntil = 0;
  const link = document.querySelectorAll(".bar__link")[number];
  if (link) link.click();
  else if (event.key === "?") document.querySelector("#help")?.togglePopover();
  else if (event.key === "/") document.querySelector("#bar-search")?.focus();
  else if (event.key === "g") {
    goUntil = event.timeStamp + GO_MS;
    return;
  } else return;
  event.preventDefault();
});
