// One tab at a time sends to an upload: another one that came in between would mix its bytes with ours.

const PREFIX = "debrief:sending:";

// Resolves to a function that gives the upload free, or to null while another tab has it.
export function lockUpload(uploadUrl) {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    navigator.locks.request(PREFIX + pathOf(uploadUrl), { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((release) => resolve(release));
    });
  });
}

export async function lockedUploads() {
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  const paths = new Set(held.map((lock) => lock.name));
  return { has: (uploadUrl) => paths.has(PREFIX + pathOf(uploadUrl)) };
}

function pathOf(uploadUrl) {
  return new URL(uploadUrl, location.href).pathname;
}
