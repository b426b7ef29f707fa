/** Let screen readers say it. */
export function announce(words) {
  document.querySelector("#announcement").textContent = words;
}
