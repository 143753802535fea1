// Security keys (WebAuthn): a form marked data-security-key="create" or "get" asks the key before it is sent.

const REASONS = {
  NotAllowedError: "The key did not answer, or you cancelled. Try again.",
  InvalidStateError: "This key is already registered here.",
  SecurityError: "Security keys work only where Debrief is opened by name over https (or at localhost).",
  NotSupportedError: "This key is of a kind that Debrief cannot use.",
};

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytesId = (descriptor) => ({ ...descriptor, id: toBytes(descriptor.id) });

function creationOptions({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: withBytesId(publicKey.user),
      excludeCredentials: (publicKey.excludeCredentials ?? []).map(withBytesId),
    },
  };
}

function requestOptions({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: (publicKey.allowCredentials ?? []).map(withBytesId),
    },
  };
}

function described(credential, response) {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response },
  };
}

async function create(options) {
  const credential = await navigator.credentials.create(creationOptions(options.creation_options));
  return described(credential, {
    attestationObject: toText(credential.response.attestationObject),
    transports: credential.response.getTransports?.() ?? [],
  });
}

async function get(options) {
  const credential = await navigator.credentials.get(requestOptions(options.request_options));
  const { authenticatorData, signature, userHandle } = credential.response;
  return described(credential, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

function show(form, message) {
  const place = form.querySelector("[data-security-key-error]");
  place.textContent = message;
  place.hidden = !message;
}

async function ask(form) {
  const options = JSON.parse(document.getElementById(form.dataset.options).textContent);
  const ceremony = form.dataset.securityKey === "create" ? create : get;
  show(form, "");
  try {
    form.elements.credential.value = JSON.stringify(await ceremony(options));
    form.submit();
  } catch (error) {
    show(form, REASONS[error.name] ?? "The key could not be used. Try again, or use another way to sign in.");
  }
}

for (const form of document.querySelectorAll("form[data-security-key]")) {
  if (!window.PublicKeyCredential) show(form, REASONS.SecurityError);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (window.PublicKeyCredential) ask(form);
  });
}
