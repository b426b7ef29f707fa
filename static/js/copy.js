// A button that copies what a field holds: <button data-copy="id of the field">.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard; // there is none where a page comes by plain http
  field.select();
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    document.querySelector("#announcement").textContent = "Copied";
    button.textContent = "Copied";
  });
}
