// What the server says of an upload by its address. A server in trouble is an error; one that has no such upload is not.

import { blocks, sha256 } from "./file_digest.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const GONE = new Set([404, 410]);

export class ServerTrouble extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

export async function askServer(uploadUrl) {
  const response = await ask("HEAD", uploadUrl);
  if (GONE.has(response.status)) return { isGone: true };
  return {
    isGone: false,
    offset_bytes: Number(response.headers.get("Upload-Offset")),
    size_bytes: Number(response.headers.get("Upload-Length")),
    filename: metadataValue(response.headers.get("Upload-Metadata"), "filename"),
  };
}

// Whether every byte that the server has is the file's byte in the same place. Then, and only then, the rest of the
// file may follow them.
export async function agrees(file, uploadUrl, { offset_bytes, size_bytes }, onCompared = () => {}) {
  if (size_bytes !== file.size) return false;
  for (const { start, end } of blocks(offset_bytes)) {
    const [stored, own] = await Promise.all([storedSha256(uploadUrl, start, end), sha256(file.slice(start, end))]);
    if (stored !== own) return false;
    onCompared(end);
  }
  return true;
}

// What became of the video: { title, status, reason, was_known, url }, or { status: "removed" }.
export async function askOutcome(uploadUrl) {
  const response = await ask("GET", uploadUrl);
  return response.ok ? (await response.json()).video : { status: "removed" };
}

export async function discardOnServer(uploadUrl) {
  const response = await ask("DELETE", uploadUrl);
  return response.ok || GONE.has(response.status);
}

// Null where the server no longer has these bytes.
async function storedSha256(uploadUrl, start, end) {
  const response = await ask("GET", `${uploadUrl}/sha256?start=${start}&end=${end}`);
  return response.ok ? (await response.json()).sha256 : null;
}

async function ask(method, url) {
  const response = await fetch(url, { method, headers: TUS }).catch(() => ({ ok: false, status: 0 }));
  if (response.ok || GONE.has(response.status) || response.status === 409) return response;
  throw new ServerTrouble(response.status);
}

function metadataValue(header, name) {
  const pair = (header ?? "").split(",").map((part) => part.trim().split(" ")).find(([key]) => key === name);
  if (!pair?.[1]) return "";
  return new TextDecoder().decode(Uint8Array.from(atob(pair[1]), (letter) => letter.charCodeAt(0)));
}
