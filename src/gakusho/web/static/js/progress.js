// SPDX-License-Identifier: Apache-2.0
// Keeps a progress bar current; without JavaScript the page says how to reload.
for (const place of document.querySelectorAll("[data-progress]")) {
  const bar = place.querySelector("progress");
  const words = place.querySelector("[data-progress-words]");
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { accept: "application/json" } });
      const now = await answer.json();
      bar.max = Math.max(now.total, 1);
      bar.value = now.done;
      words.textContent = now.words;
      if (now.finished) { location.reload(); return; }
    } catch { /* the next try may work */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 600);
}
