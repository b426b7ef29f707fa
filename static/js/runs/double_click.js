// Treats a double click, and a key that is held down, as one press. The response to the first click may come
// before the second click, which would then create one more run, or hit a button that moved under the pointer.
const PAID = "form.run-action button, button[form^=action-], #generate";

document.addEventListener(
  "click",
  (event) => {
    if (event.detail > 1 && event.target.closest?.(PAID)) event.preventDefault();
  },
  true,
);
document.addEventListener(
  "keydown",
  (event) => {
    const { form } = event.target;
    const isHeld =
      event.repeat &&
      event.key === "Enter" &&
      (form?.matches(".run-action") || form?.querySelector("#generate"));
    if (isHeld && (event.ctrlKey || event.metaKey || event.target.type !== "textarea"))
      event.preventDefault();
  },
  true,
);
