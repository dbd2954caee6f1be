// SPDX-License-Identifier: Apache-2.0
// Draws the document anew while its look is changed; without it the button does.
const form = document.querySelector("form[data-preview]");
const image = document.querySelector("img.page-image");
if (form && image) {
  let waiting;
  let last = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = ++last;
      try {
        const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
        // what no page can carry is refused: the last good page stays, and the button says why
        if (!answer.ok || turn !== last) return;
        const next = new Image();
        next.src = URL.createObjectURL(await answer.blob());
        await next.decode();
        if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
        image.src = next.src;
      } catch {
        // the server is away: the button says so
      }
    }, 400);
  });
}
