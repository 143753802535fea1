// What can go wrong on the way to the server: what is tried again and how often, and the words for a person.

import { problemSentence } from "../server/problem.js";
import { ServerTrouble } from "./server.js";

export const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000, ...Array(60).fill(30_000)];
// Nothing changes by asking again: bad request, refused, too large, not a video, no room.
export const FINAL_STATUSES = new Set([400, 401, 403, 404, 410, 412, 413, 415, 422, 460, 507]);
export const UNREADABLE = "The file could not be read. Was it moved or changed? Choose it again.";

// A server that restarts is asked again, as tus-js-client does while it sends. null: nobody wants the answer any more.
export async function untilAnswered(question, { isStale, onTrouble }) {
  for (const delay of RETRY_DELAYS_MS) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof ServerTrouble) || FINAL_STATUSES.has(error.status)) throw error;
      if (isStale()) return null;
      onTrouble(problemSentence(error.status, ""));
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (isStale()) return null;
    }
  }
  return question();
}

// The sentence for an answer that tus-js-client takes for passing trouble; null if trying again changes nothing.
export function passingTrouble(error) {
  const status = statusOf(error);
  if (FINAL_STATUSES.has(status)) return null;
  return problemSentence(status, error.originalResponse?.getBody() ?? "", contentType(error.originalResponse));
}

// A HEAD that meets a restarting server would make the library begin a new upload at zero. As an error it is
// retried instead, and the bytes that are there stay there.
export function keepPlaceOnServerTrouble(request, response) {
  const status = response.getStatus();
  if (request.getMethod() !== "HEAD" || status < 400 || status === 404 || status === 410 || status === 423) return;
  throw Object.assign(new Error(`status ${status}`), { status });
}

export function statusOf(error) {
  return error.originalResponse?.getStatus() ?? error.causingError?.status ?? 0;
}

export function sentenceOf(error) {
  const response = error.originalResponse;
  if (!error.originalRequest) return UNREADABLE;
  return problemSentence(statusOf(error), response?.getBody() ?? "", contentType(response));
}

function contentType(response) {
  return response?.getHeader("Content-Type") ?? "";
}
