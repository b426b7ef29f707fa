// At the head of the board: selecting, and the note of the demo.

const YEAR_SECONDS = 365 * 24 * 3600;
const keep = (name, value) => {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#select, #dismiss-note");
  if (button?.id === "select") select(button);
  if (button?.id !== "dismiss-note") return;
  event.preventDefault();
  keep("demo_note", "off");
  document.querySelector("#demo-note").remove();
  document.querySelector("#select").focus({ preventScroll: true });
});

function select(button) {
  const isOn = button.ariaPressed !== "true";
  button.ariaPressed = String(isOn);
  document.querySelector(".board").toggleAttribute("data-selecting", isOn);
  if (isOn) return;
  for (const box of document.querySelectorAll("#runs .tile__pick :checked")) box.click();
}
