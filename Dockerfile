# Two images from one file: `web` holds no torch; `worker` holds everything.
# PYTHON_IMAGE names the image you have checked, by digest: python@sha256:...
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PATH=/app/.venv/bin:$PATH
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg nodejs npm && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 debrief && mkdir -p /app /data && chown debrief /app /data
WORKDIR /app
USER debrief

FROM base AS browser-libraries
COPY --chown=debrief package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM base AS web
COPY --chown=debrief requirements ./requirements
RUN python -m venv .venv && pip install -q --require-hashes -r requirements/uv.lock \
    && uv pip install --no-deps --require-hashes -r requirements/web.lock
COPY --from=browser-libraries --chown=debrief /app/node_modules ./node_modules
COPY --chown=debrief . .
ENV DEBRIEF_VAR=/data
EXPOSE 8000
CMD ["uvicorn", "webapp.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--no-proxy-headers"]

# torch is named by version: its builds differ by backend, and so do their hashes.
FROM base AS worker
ARG TORCH_BACKEND=cpu
COPY --chown=debrief requirements ./requirements
RUN python -m venv .venv && pip install -q --require-hashes -r requirements/uv.lock \
    && uv pip install --no-deps --require-hashes -r requirements/base.lock \
    && uv pip install --no-deps --torch-backend=$TORCH_BACKEND -r requirements/torch.txt
COPY --chown=debrief . .
ENV DEBRIEF_VAR=/data
CMD ["celery", "-A", "workers.celery", "worker", "-Q", "media", "-P", "prefork", "-c", "2"]

# What trains has TRL beside the rest.
FROM worker AS trainer
RUN uv pip install --no-deps --require-hashes -r requirements/training.lock
CMD ["celery", "-A", "workers.celery", "worker", "-Q", "train", "-P", "solo"]
