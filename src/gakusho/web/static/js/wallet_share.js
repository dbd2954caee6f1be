// SPDX-License-Identifier: Apache-2.0
// Shows the fields that belong to a choice; without it all fields are there.
for (const form of document.querySelectorAll(".share-form, [data-share-expiry]")) {
  const recipient = form.querySelector("[data-share-recipient]")?.closest(".field");
  const until = form.querySelector("[data-share-until]")?.closest(".field");
  const mailPin = form.querySelector("[data-share-mail-pin]");
  const show = () => {
    const mails = form.elements.to?.value === "recipient";
    if (recipient) recipient.hidden = !mails;
    if (mailPin) mailPin.hidden = !mails;
    if (until) until.hidden = form.elements.days.value !== "date";
  };
  form.addEventListener("change", show);
  show();
}
