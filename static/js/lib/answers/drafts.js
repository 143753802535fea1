// What was typed and not yet sent, one draft a person and video. It lives as long as the tab, so that nothing is lost
// by a reload or a sign-in again; on a shared PC the next person may sit at the same tab.

const PREFIX = "debrief-question-";

// The key of one's own draft. What other people have left in this tab goes.
export function draftKey(userId, videoId) {
  const own = `${PREFIX}${userId}-`;
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && !key.startsWith(own)) sessionStorage.removeItem(key);
  }
  return own + videoId;
}
