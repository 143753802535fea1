// What this browser remembers of unfinished uploads, per person: an address and a size, no file name.
// A hospital PC has many users, so the name is asked of the server, which gives it to its owner only.

const PREFIX = "debrief:upload:";

export function uploadStore(userId) {
  const own = `${PREFIX}${userId}:`;
  return {
    findAllUploads: async () => entries(own),
    findUploadsByFingerprint: async (fingerprint) => entries(`${own}${fingerprint}:`),
    removeUpload: async (key) => localStorage.removeItem(key),
    addUpload: async (fingerprint, { size, creationTime, uploadUrl }) => {
      const key = `${own}${fingerprint}:${Date.now().toString(36)}`;
      localStorage.setItem(key, JSON.stringify({ size, creationTime, uploadUrl, metadata: {} }));
      return key;
    },
  };
}

// The same file picked again gives the same number; it need not resist an attacker, only a coincidence.
export async function fingerprint(file) {
  return hash53(`${file.name}|${file.size}|${file.lastModified}`).toString(36);
}

export async function askServer(uploadUrl) {
  const response = await fetch(uploadUrl, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  if (!response.ok) return { isGone: response.status === 404 || response.status === 410 };
  return {
    isGone: false,
    offset_bytes: Number(response.headers.get("Upload-Offset")),
    size_bytes: Number(response.headers.get("Upload-Length")),
    filename: metadataValue(response.headers.get("Upload-Metadata"), "filename"),
  };
}

export async function discardOnServer(uploadUrl) {
  const response = await fetch(uploadUrl, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
  return response.ok || response.status === 404 || response.status === 410;
}

function entries(prefix) {
  const found = [];
  for (let i = 0; i < localStorage.length; i++) {
    const key = localStorage.key(i);
    if (key.startsWith(prefix)) found.push(...readEntry(key));
  }
  return found;
}

function readEntry(key) {
  try {
    return [{ ...JSON.parse(localStorage.getItem(key)), urlStorageKey: key }];
  } catch {
    localStorage.removeItem(key);
    return [];
  }
}

function metadataValue(header, name) {
  const pair = (header ?? "").split(",").map((part) => part.trim().split(" ")).find(([key]) => key === name);
  if (!pair?.[1]) return "";
  return new TextDecoder().decode(Uint8Array.from(atob(pair[1]), (letter) => letter.charCodeAt(0)));
}

// Two 32-bit multiply-and-rotate lanes joined to 53 bits, the most a number holds exactly.
function hash53(text) {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  for (const letter of text) {
    const code = letter.codePointAt(0);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ code, 0x01000193);
    low = Math.imul(((low << 7) | (low >>> 25)) ^ code, 0x27d4eb2f);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
