// The fields of files in the form, each a drop zone with a list.

export const zoneOf = (target) => (target instanceof Element ? target.closest(".files") : null);

export const inputOf = (zone) => zone.querySelector("input[type=file]");

/** Call `enhance` with each of them, now and whenever the form was drawn. */
export function onFileFields(enhance) {
  const enhanceAll = () => {
    for (const zone of document.querySelectorAll("#form .files")) enhance(zone);
  };
  document.addEventListener("htmx:afterSettle", enhanceAll);
  enhanceAll();
}
