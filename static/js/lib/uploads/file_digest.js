// SHA-256 of a file's bytes, read in pieces: names, sizes and dates repeat from one recording to the next, bytes do not.

// The server reads the same ends (webapp/videos/hashing.py) and hashes no longer range at once.
const END_BYTES = 1024 ** 2;
const BLOCK_BYTES = 16 * 1024 ** 2;
// Up to this size the fingerprint is of every byte, beyond it of samples: a large file may lie on a slow stick.
const WHOLE_BYTES = 64 * 1024 ** 2;
const SAMPLE_BYTES = 1024 ** 2;
const NUM_SAMPLES = 64;

// Browsers hash on https and on localhost only. Where they do not, nothing is taken up again.
export function canDigest() {
  return Boolean(globalThis.crypto?.subtle);
}

export async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Of the first MiB followed by the last; they overlap in a file shorter than both.
export async function endsSha256(file) {
  return sha256(new Blob([file.slice(0, END_BYTES), file.slice(Math.max(0, file.size - END_BYTES))]));
}

// Says which unfinished upload may be this file's; whether it is, only a comparison of all stored bytes can say.
export async function fingerprint(file) {
  const digests = [];
  for (const piece of pieces(file)) digests.push(await sha256(piece));
  return sha256(new Blob([`${file.size}|${digests.join("|")}`]));
}

function pieces(file) {
  if (file.size <= WHOLE_BYTES) return blocks(file.size).map(({ start, end }) => file.slice(start, end));
  const last = file.size - SAMPLE_BYTES;
  const starts = Array.from({ length: NUM_SAMPLES }, (_, i) => Math.round((last * i) / (NUM_SAMPLES - 1)));
  return starts.map((at) => file.slice(at, at + SAMPLE_BYTES));
}

// Where the blocks of the first `size` bytes begin and end.
export function blocks(size) {
  const starts = Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, i) => i * BLOCK_BYTES);
  return starts.map((start) => ({ start, end: Math.min(start + BLOCK_BYTES, size) }));
}
