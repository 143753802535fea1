// An unfinished upload that a file may go on with: locked against other tabs, and compared byte by byte.

import { lockUpload } from "./lock.js";
import { agrees, askServer } from "./server.js";
import { untilAnswered } from "./trouble.js";

// The entry with its lock and the offset up to which it was compared; null if another tab or another file has it.
export async function claimUpload(entry, { file, store, isStale, onTrouble, onCompared }) {
  const unlock = await lockUpload(entry.uploadUrl);
  if (!unlock) return null;
  let there = null;
  try {
    there = await untilAnswered(() => compare(entry, file, store, onCompared), { isStale, onTrouble });
  } finally {
    if (!there) unlock();
  }
  return there && { ...entry, unlock, offset_bytes: there.offset_bytes };
}

async function compare({ uploadUrl, urlStorageKey }, file, store, onCompared) {
  const there = await askServer(uploadUrl);
  if (there.isGone && urlStorageKey) await store.removeUpload(urlStorageKey);
  if (there.isGone) return null;
  return (await agrees(file, uploadUrl, there, onCompared)) ? there : null;
}
