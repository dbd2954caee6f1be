// SPDX-License-Identifier: Apache-2.0
// Draws the document anew while its words are typed; without it the button does.
const form = document.querySelector("form[data-preview]");
const image = document.querySelector("img.page-image");
if (form && image) {
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const asked = new URLSearchParams(new FormData(form));
      const next = new Image();
      next.src = form.dataset.preview + "?" + asked;
      try {
        await next.decode();
        image.src = next.src;
      } catch {
        // words no page can carry: the last good page stays, and the button says why
      }
    }, 400);
  });
}
