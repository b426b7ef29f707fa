// Events of the form. The server draws the fields on the first load and again after each edit.

/** Whether an htmx event is a swap of the fields or of the whole form. */
export const isOfFields = (event) => ["fields", "form"].includes(event.detail.target?.id);

/** Call `enhance` now, and each time the fields are drawn. */
export function onDraw(enhance) {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (isOfFields(event)) enhance();
  });
  document.addEventListener("htmx:afterSettle", enhance);
  enhance();
}

/** Whether a request comes from the form: from one of its buttons, or for drawing its fields. */
export const isOfForm = (event) => ["fields", "form"].includes(event.detail.elt?.id);

/** Whether the response says that a run was created. The form then stays as it is. */
export const isAccepted = (event) =>
  event.detail.successful && event.detail.xhr.getResponseHeader("HX-Reswap") === "none";
