// Opens each popover from each of its buttons, at the top, in the centre and at the bottom of the
// window; tells which stick out of the window, or cannot be seen to their ends.
async () => {
  const faults = [];
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const buttons = [...document.querySelectorAll("button[popovertarget]")];
  for (const button of buttons.slice(0, 60)) {
    const popover = document.getElementById(button.getAttribute("popovertarget"));
    for (const block of ["start", "center", "end"]) {
      button.scrollIntoView({ block, behavior: "instant" });
      const at = button.getBoundingClientRect();
      if (!popover || !at.width || at.top < 0 || at.bottom > innerHeight) continue;
      popover.showPopover({ source: button });
      await frame();
      const box = popover.getBoundingClientRect();
      const isOut =
        box.top < -1 || box.left < -1 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1;
      const isCut = popover.scrollHeight > popover.clientHeight + 1;
      if (isOut || (isCut && !["auto", "scroll"].includes(getComputedStyle(popover).overflowY))) {
        const sides = [box.top, box.right, box.bottom, box.left].map(Math.round);
        faults.push(`${popover.id.slice(0, 20)} at ${block}: ${sides} of ${innerWidth}x${innerHeight}`);
      }
      popover.hidePopover();
    }
  }
  return faults;
};
