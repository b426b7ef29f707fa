// Keys of every page: "?" lists the keys, "/" searches, "g" and a letter go to a place.

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const PLACES = { c: 0, g: 1, l: 2 }; // the order of the places in the bar
const GO_MS = 1500; // so long after "g" its letter is awaited

let goUntil = 0;

/** Whether a letter is awaited that names a place. */
export const isGoing = ({ timeStamp }) => timeStamp < goUntil;

function isTyping(event) {
  return event.target.matches?.(TYPING) || event.ctrlKey || event.metaKey || event.altKey;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event)) return;
  const number = isGoing(event) ? PLACES[event.key] : -1;
  goUntil = 0;
  const place = document.querySelectorAll(".bar__place")[number];
  if (place) place.click();
  else if (event.key === "?") document.querySelector("#help")?.togglePopover();
  else if (event.key === "/") document.querySelector("#bar-search")?.focus();
  else if (event.key === "g") {
    goUntil = event.timeStamp + GO_MS;
    return;
  } else return;
  event.preventDefault();
});
