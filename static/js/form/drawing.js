// The server draws the fields, at first and again after each edit.

/** Whether an htmx event is about a swap of the fields, or of the form around them. */
export const isOfFields = (event) => ["fields", "form"].includes(event.detail.target?.id);

/** Call `enhance` now, and again whenever the fields were drawn. */
export function onDraw(enhance) {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (isOfFields(event)) enhance();
  });
  document.addEventListener("htmx:afterSettle", enhance);
  enhance();
}

/** Whether a request is the form's own: a press, or a drawing of its fields. */
export const isOfForm = (event) => ["fields", "form"].includes(event.detail.elt?.id);

/** Whether the answer says that a run was made: the form stays as it is. */
export const isAccepted = (event) =>
  event.detail.successful && event.detail.xhr.getResponseHeader("HX-Reswap") === "none";
