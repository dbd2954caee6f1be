// SPDX-License-Identifier: Apache-2.0
// The keys on the screen, one press of the last button, and the end of a visit that nobody goes on with.
const form = document.querySelector("[data-keypad-form]");
const keypad = document.querySelector("[data-keypad]");
if (form && keypad) {
  const fields = [...form.querySelectorAll("input[data-keys]")];
  const letters = keypad.querySelectorAll("[data-letters] button");
  let target = fields.find((field) => !field.value) || fields[0];
  const aim = (field) => {
    target = field;
    for (const key of letters) key.disabled = field.dataset.keys === "digits";
  };
  for (const field of fields) field.addEventListener("focus", () => aim(field));
  aim(target);
  keypad.hidden = false;
  // the field keeps the focus, so that Enter sends the form
  keypad.addEventListener("mousedown", (event) => event.preventDefault());
  keypad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    if (key.dataset.key && target.value.length < target.maxLength) target.value += key.dataset.key;
    if ("back" in key.dataset) target.value = target.value.slice(0, -1);
    if ("erase" in key.dataset) target.value = "";
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const button of document.querySelectorAll("[data-fill]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const known = { student_number: button.dataset.number, pin: button.dataset.pin, card: button.dataset.card };
      for (const field of fields) field.value = known[field.name];
      form.querySelector("button.k-go").focus();
    });
  }
}

for (const button of document.querySelectorAll("[data-once]")) {
  button.form.addEventListener("submit", () => {
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
}

const idle = document.querySelector("[data-idle]");
if (idle && location.pathname !== "/kiosk") {
  const WAIT = 90_000, MORE = 30_000;
  let timer;
  const leave = () => location.assign("/kiosk");
  const ask = () => {
    idle.showModal();
    timer = setTimeout(leave, MORE);
  };
  const again = () => {
    clearTimeout(timer);
    if (!idle.open) timer = setTimeout(ask, WAIT);
  };
  idle.addEventListener("close", again);
  for (const kind of ["pointerdown", "keydown", "scroll"]) document.addEventListener(kind, again, { passive: true });
  again();
}
