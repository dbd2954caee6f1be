// SPDX-License-Identifier: Apache-2.0
// A file dropped anywhere on the page goes into the box, and a file in the box is checked at once.
const form = document.querySelector("[data-verify-box]");
if (form) {
  const input = form.querySelector("input[type=file][name=file]");
  input.addEventListener("change", () => {
    if (input.files.length) form.requestSubmit();
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (event.defaultPrevented || !event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}
