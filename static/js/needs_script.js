// Shows what is of use only with scripts: <button data-needs-script hidden>.

function reveal() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}

// The first tells of what was changed in its place, the second of what came in another's.
for (const name of ["htmx:afterSettle", "htmx:load"]) document.addEventListener(name, reveal);
reveal();
