// Passkeys (WebAuthn Level 3): makes or asks for a credential and sends it with its form.
// <form data-passkey="create|get|fetch"> with a hidden input "credential" and one plain button; "fetch" asks its own
// address for the options, the others read them from the JSON script named in data-options.
"use strict";
(() => {
  const toBytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const opened = (given) => {
    const options = structuredClone(given);
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const list of [options.allowCredentials, options.excludeCredentials]) {
      for (const known of list || []) known.id = toBytes(known.id);
    }
    return options;
  };

  const packed = (made) => {
    const response = { clientDataJSON: toText(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = toText(made.response[name]);
    }
    if (made.response.getTransports) response.transports = made.response.getTransports();
    return JSON.stringify({
      type: made.type, id: made.id, rawId: toText(made.rawId), response,
      authenticatorAttachment: made.authenticatorAttachment,
      clientExtensionResults: made.getClientExtensionResults(),
    });
  };

  const options = async (form) => {
    if (form.dataset.passkey !== "fetch") return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.action, {
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const run = async (form) => {
    const given = await options(form);
    if (form.dataset.passkey !== "create") {
      return navigator.credentials.get({ publicKey: opened(given.request_options.publicKey) });
    }
    const wanted = opened(given.creation_options.publicKey);
    const alone = form.elements.passwordless && form.elements.passwordless.checked;
    wanted.authenticatorSelection = {
      ...wanted.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: Boolean(alone),
      ...(alone ? { userVerification: "required" } : {}),
    };
    return navigator.credentials.create({ publicKey: wanted });
  };

  const supported = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const note of document.querySelectorAll("[data-passkey-unsupported]")) note.hidden = supported;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = !supported;
    const failed = form.querySelector("[data-passkey-failed]");
    const button = form.querySelector("button");
    button.addEventListener("click", async () => {
      failed.hidden = true;
      button.disabled = true;
      try {
        form.elements.credential.value = packed(await run(form));
        form.submit();
      } catch {
        failed.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
})();
