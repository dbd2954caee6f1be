// SPDX-License-Identifier: Apache-2.0
// Shows the copy buttons where copying works; without it the text can be selected.
for (const place of document.querySelectorAll("[data-copy]")) {
  const button = place.querySelector("button");
  const input = place.querySelector("input");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(input.value);
    button.dataset.done = "true";
    const words = button.textContent;
    button.textContent = "✓ " + words;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
