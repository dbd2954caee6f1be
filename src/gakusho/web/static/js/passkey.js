// SPDX-License-Identifier: Apache-2.0
// Signs in with a passkey, and registers one. Without JavaScript the mailed link does the same.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

async function options(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", headers: { accept: "application/json" } });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.message ?? "");
  found.challenge = bytes(found.challenge);
  found.allowCredentials = ids(found.allowCredentials);
  found.excludeCredentials = ids(found.excludeCredentials);
  if (found.user) found.user.id = bytes(found.user.id);
  return found;
}

function plain(credential) {
  const { response } = credential;
  const told = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) told[part] = text(response[part]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: told,
  };
}

if (window.PublicKeyCredential) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    const form = place.querySelector("form");
    const words = place.querySelector("[data-passkey-words]");
    place.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const publicKey = await options(form);
        const credential = place.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
        form.querySelector("[name=answer]").value = JSON.stringify(plain(credential));
        form.submit();
      } catch (error) {
        words.textContent = error.name === "NotAllowedError" ? "" : error.message;
      }
    });
  }
}
