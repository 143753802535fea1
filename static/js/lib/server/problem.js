// The reason in an error response: RFC 9457 problem+json from the server, or a plain sentence for the rest.

const BY_STATUS = {
  0: "The server cannot be reached. Check the connection.",
  401: "You are signed out. Sign in again.",
  403: "Your account may not do this.",
  404: "This does not exist any more.",
  409: "This has changed in the meantime. Reload the page.",
  408: "The connection broke; what arrived is kept.",
  413: "This is larger than allowed.",
  423: "Another connection is sending this.",
  429: "Too many attempts. Wait a moment.",
  460: "What arrived is not the file that was chosen. Choose it again.",
  502: "The server is starting again. Try in a moment.",
  503: "A part of the service is not available right now. Try again in a moment.",
  507: "The storage is full. Ask an administrator to make room.",
};

export function problemSentence(status, body, contentType = "application/problem+json") {
  if (/json/.test(contentType ?? "")) {
    const detail = readDetail(body);
    if (detail) return detail;
  }
  return BY_STATUS[status] ?? `Something went wrong on our side (code ${status}).`;
}

function readDetail(body) {
  try {
    const problem = JSON.parse(body);
    return problem.detail || problem.title || "";
  } catch {
    return "";
  }
}
