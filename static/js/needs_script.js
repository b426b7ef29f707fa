// Shows elements that work only with JavaScript: <button data-needs-script hidden>.

function reveal() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}

// htmx:afterSettle covers elements that were changed in place, htmx:load covers new elements.
for (const name of ["htmx:afterSettle", "htmx:load"]) document.addEventListener(name, reveal);
reveal();
