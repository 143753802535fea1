# Sourced by setup and lock. uv does not read pip's configuration: carry over a folder of wheels that pip knows of.
PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_DISABLE_PIP_VERSION_CHECK
if [ -z "${UV_FIND_LINKS:-}" ]; then
    UV_FIND_LINKS="${PIP_FIND_LINKS:-$(python3 -m pip config get global.find-links 2>/dev/null || true)}"
    UV_FIND_LINKS=$(printf '%s' "$UV_FIND_LINKS" | tr ' ' ',')
fi
if [ -n "$UV_FIND_LINKS" ]; then export UV_FIND_LINKS; else unset UV_FIND_LINKS; fi
