// SPDX-License-Identifier: Apache-2.0
// Shows the fields that belong to a choice; without it all fields are there.
const form = document.querySelector(".share-form");
if (form) {
  const field = (mark) => form.querySelector(mark)?.closest(".field");
  const recipient = field("[data-share-recipient]");
  const until = field("[data-share-until]");
  const mailPin = form.querySelector("[data-share-mail-pin]");
  const show = () => {
    const mails = form.elements.to.value === "recipient";
    recipient.hidden = !mails;
    mailPin.hidden = !mails;
    until.hidden = form.elements.days.value !== "date";
  };
  form.addEventListener("change", show);
  show();
}
