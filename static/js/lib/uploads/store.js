// What this browser remembers of unfinished uploads, per person: an address and a hash of the bytes, no file name.
// A hospital PC has many users, so the name is asked of the server, which gives it to its owner only.

export { fingerprint } from "./file_digest.js";

const PREFIX = "debrief:upload:";

export function uploadStore(userId) {
  const own = `${PREFIX}${userId}:`;
  // Until the page is left: the same file chosen again is compared with what it has become.
  const finished = [];
  return {
    findAllUploads: async () => entries(own),
    findUploadsByFingerprint: async (fingerprint) => [
      ...finished.filter((entry) => entry.fingerprint === fingerprint),
      ...entries(`${own}${fingerprint}:`),
    ],
    removeUpload: async (key) => localStorage.removeItem(key),
    addUpload: async (fingerprint, { size, creationTime, uploadUrl }) => {
      const key = `${own}${fingerprint}:${Date.now().toString(36)}`;
      localStorage.setItem(key, JSON.stringify({ size, creationTime, uploadUrl, metadata: {} }));
      return key;
    },
    keepFinished: (fingerprint, uploadUrl) => finished.push({ fingerprint, uploadUrl, urlStorageKey: null }),
  };
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
