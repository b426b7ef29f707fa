// Keyboard shortcuts for voting: each key clicks its button. Key repeat is ignored, so a key that is held down
// is one vote.

const BUTTONS = {
  ArrowLeft: "vote-left",
  ArrowRight: "vote-right",
  ArrowUp: "vote-both",
  ArrowDown: "vote-neither",
  a: "vote-left",
  b: "vote-right",
};
const isCovered = () => document.querySelector("dialog[open], [popover]:popover-open") !== null;

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isCovered()) return;
  if (target.closest("input, textarea, select, video, audio, pre")) return;
  if (event.repeat && target.closest("#ballot") && [" ", "Enter"].includes(key)) {
    event.preventDefault();
    return;
  }
  const button = document.getElementById(BUTTONS[key]);
  if (!button) return;
  event.preventDefault();
  if (!event.repeat) button.click();
});
