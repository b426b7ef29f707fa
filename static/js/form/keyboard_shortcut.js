// Ctrl + Enter submits the form; in the box for JSON it fills the form.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.repeat || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target instanceof Element ? event.target.closest("#form") : null;
  if (!form) return;
  event.preventDefault();
  if (event.target.id === "pasted") form.querySelector('[name="fill"]').click();
  else form.requestSubmit(form.querySelector("#generate"));
});
