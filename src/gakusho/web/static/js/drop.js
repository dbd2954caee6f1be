// SPDX-License-Identifier: Apache-2.0
// Lets files be dropped on a file field, and names what was chosen.
for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  const output = place.querySelector("output");
  const show = () => { output.textContent = [...input.files].map((f) => f.name).join(", "); };
  input.addEventListener("change", () => {
    show();
    if (place.dataset.drop === "submit") input.form.requestSubmit();
  });
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => { event.preventDefault(); place.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    place.addEventListener(kind, () => place.classList.remove("over"));
  }
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}
