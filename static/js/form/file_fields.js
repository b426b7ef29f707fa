// The file fields of the form. Each is a drop zone with a list of files.

export const zoneOf = (target) => (target instanceof Element ? target.closest(".files") : null);

export const inputOf = (zone) => zone.querySelector("input[type=file]");

/** Call `enhance` with each file field, now and each time the form is drawn. */
export function onFileFields(enhance) {
  const enhanceAll = () => {
    for (const zone of document.querySelectorAll("#form .files")) enhance(zone);
  };
  document.addEventListener("htmx:afterSettle", enhanceAll);
  enhanceAll();
}
