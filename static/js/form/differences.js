// In a form that was opened from a run, shows the value that each changed field has in the run. The server
// draws these.

import { controlsOf, findParts } from "./controls.js";
import { describe } from "./descriptions.js";
import { errorOf } from "./field_errors.js";
import { keyOfPart, onChecked } from "./live_check.js";

export const differenceOf = (part) => part.querySelector(":scope > .field__was");

function show(part, twin) {
  const [shown, now] = [differenceOf(part), twin && differenceOf(twin)];
  if (shown?.innerHTML === now?.innerHTML || shown?.contains(document.activeElement)) return;
  if (shown && now) shown.replaceWith(now);
  else if (!now) shown?.remove();
  else if (errorOf(part)) errorOf(part).before(now);
  else place(part, twin, now);
  for (const control of controlsOf(part)) describe(control, (now ?? shown).id, Boolean(now));
}

/** Insert the difference where the server draws it: at the end of a field, before the fields of a group. */
function place(part, twin, now) {
  const next = now.nextElementSibling;
  if (!next) part.append(now);
  else part.insertBefore(now, part.children[[...twin.children].indexOf(now)] ?? null);
}

onChecked((_, twins) => {
  for (const part of findParts("[data-pointer]")) show(part, twins.get(keyOfPart(part)));
});
