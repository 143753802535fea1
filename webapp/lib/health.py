"""Is Debrief alive, and can it do its work? For supervisors, load balancers and whoever is on call.

`/healthz`: the process answers. `/readyz`: database, migrations, Redis and storage are usable; it also tells whether
the workers have loaded their models, which pages can do without. `/metrics`: Prometheus text, to loopback or to
whoever knows DEBRIEF_METRICS_TOKEN.

They are answered before any middleware that would ask the database who is there (HealthMiddleware): a supervisor must
not restart a web process because the database is away.
"""

import secrets
import shutil
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.http.response import HttpResponseBase
from django_prometheus import exports

from webapp.lib.warmth import QUEUES, warmth_of

REDIS_TIMEOUT_S = 1.0
NOT_MIGRATED = "the database is not set up for this version: `make run` does it, or `manage.py migrate`"
NOT_REACHED = "there is no database at DATABASE_URL yet, or it does not answer: `make run` makes it"


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = health_views().get(request.path_info)
        if view is None:
            return self.get_response(request)
        # A name that is not served here is refused, as on every page.
        request.get_host()
        return view(request)


def health_views() -> dict[str, Callable[[HttpRequest], HttpResponse]]:
    return {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def healthz(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when everything a request needs is there, else 503. Names the parts, never the errors' text."""
    parts = {name: part_is_ready(check) for name, check in readiness_checks().items()}
    ready = all(parts.values())
    words = "ready" if ready else "not ready"
    return JsonResponse({"status": words, "parts": parts, "models": models()}, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_metrics(request):
        return HttpResponseNotFound()
    response: HttpResponse = exports.ExportToDjangoView(request)
    return response


def models() -> dict[str, str]:
    """By queue: loading, ready, failed, or unknown where no worker says anything."""
    return {queue: warmth_of(queue) or "unknown" for queue in QUEUES}


def readiness_checks() -> dict[str, Callable[[], None]]:
    return {
        "database": check_database,
        "migrations": check_migrations,
        "redis": check_redis,
        "storage": check_storage,
    }


def part_is_ready(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # each part fails in its own library's way, and none may break the answer about the others
        return False
    return True


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError(NOT_MIGRATED)


def check_redis() -> None:
    with _redis_client() as client:
        client.ping()


def redis_words() -> str:
    """Which Redis answers, and whether it keeps what it is told over a restart."""
    with _redis_client() as client:
        server, kept = client.info("server"), client.info("persistence")
    words = f"Redis {server['redis_version']} at port {server['tcp_port']}"
    programme = server.get("executable", "")
    words += f" ({programme})" if programme else ""
    return words if kept.get("aof_enabled") else f"{words}; it forgets waiting work at a restart: set appendonly yes"


def _redis_client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.BROKER_URL, socket_connect_timeout=REDIS_TIMEOUT_S, socket_timeout=REDIS_TIMEOUT_S
    )


def check_storage() -> None:
    settings.STORAGE_DIR.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.STORAGE_DIR).free < settings.DISK_RESERVE_BYTES:
        raise RuntimeError("storage has less free space than DEBRIEF_DISK_RESERVE_BYTES")


def may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        return secrets.compare_digest(given.encode(), token.encode())
    return request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "X-Forwarded-For" not in request.headers
