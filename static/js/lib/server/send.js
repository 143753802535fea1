// Requests to our own server. Every failure becomes a Refused with a sentence for a person.

import { problemSentence } from "./problem.js";

// Longer than the server waits for its database, so that its own reason arrives.
const TIMEOUT_MS = 30_000;

export class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

export async function getText(url) {
  return (await request(url, { headers: { Accept: "text/html" } })).text();
}

export async function getJson(url) {
  return json(await request(url, { headers: { Accept: "application/json" } }));
}

export async function postForm(url, fields, { csrfToken, requestKey } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken };
  if (requestKey) headers["Idempotency-Key"] = requestKey;
  return json(await request(url, { method: "POST", headers, body: new URLSearchParams(fields) }));
}

async function request(url, options) {
  const response = await fetch(url, {
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...options,
  }).catch((error) => {
    if (error.name === "TimeoutError") throw new Refused("The server takes too long to answer. Try again in a moment.", 0);
    throw new Refused(problemSentence(0), 0);
  });
  // Signing out in another tab turns every request into the sign-in page.
  if (response.redirected) throw new Refused("You are signed out. Sign in again; what you typed is kept.", 401);
  if (!response.ok) {
    const body = await response.text();
    throw new Refused(problemSentence(response.status, body, response.headers.get("Content-Type")), response.status);
  }
  return response;
}

async function json(response) {
  return response.json().catch(() => {
    throw new Refused("The server sent something unexpected. Reload the page.", response.status);
  });
}
