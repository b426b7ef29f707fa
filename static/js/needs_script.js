// Shows what is of use only with scripts: <button data-needs-script hidden>.

function reveal() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}

document.addEventListener("htmx:afterSettle", reveal);
reveal();
