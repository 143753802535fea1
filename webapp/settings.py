"""The only reader of the environment. docs/configuration.md is its table.

With nothing set, everything runs on one laptop: SQLite, a local Redis, the CPU, the small models.
"""

from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from webapp.environment import read_bool, read_choice, read_hours, read_int, read_list, read_text
from webapp.lib.logs import logging_settings
from webapp.safety import unsafe_hosts, unsafe_key, unsafe_model_server, unsafe_sign_in
from webapp.sign_in_providers import form_origins, providers_read, unsafe_providers
from webapp.stores import stores_read, unsafe_stores

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
BASE_DIR = Path(__file__).resolve().parent.parent

# --- where things live -------------------------------------------------------------------------
VAR_DIR = Path(read_text("DEBRIEF_VAR", str(BASE_DIR / "var"))).resolve()
STORAGE_DIR = Path(read_text("DEBRIEF_STORAGE", str(VAR_DIR / "storage"))).resolve()
MODELS_DIR = Path(read_text("DEBRIEF_MODELS", str(VAR_DIR / "models"))).resolve()
WEIGHTS_DIR = BASE_DIR / "inference" / "weights"
MODEL_CARDS_DIR = BASE_DIR / "docs" / "models"
DATA_DIR = Path(read_text("DEBRIEF_DATA", str(BASE_DIR.parent / "shared" / "data")))

# --- safety of the start ------------------------------------------------------------------------
PRODUCTION = read_bool("DEBRIEF_PRODUCTION", False)
DEBUG = False


def _secret_key() -> str:
    given = read_text("DEBRIEF_SECRET_KEY", "")
    if given:
        return given
    if PRODUCTION:
        raise ImproperlyConfigured("DEBRIEF_SECRET_KEY (or DEBRIEF_SECRET_KEY_FILE) must be set in production.")
    kept = VAR_DIR / "secret_key"
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    # `make run` writes the kept key before it starts anything; a bare command gets one that dies with it.
    import secrets

    return secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = read_list("DEBRIEF_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# Health checks come from the machine itself.
ALLOWED_HOSTS += [host for host in ("127.0.0.1", "localhost") if host not in ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = read_list("DEBRIEF_TRUSTED_ORIGINS", "")

# --- applications ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "axes",
    "csp",
    "channels",
    "django_htmx",
    "django_structlog",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "webapp.accounts",
    "webapp.audit",
    "webapp.notices",
    "webapp.jobs",
    "webapp.registry",
    "webapp.videos",
    "webapp.conversations",
    "webapp.skills",
    "webapp.learning",
    "webapp.api",
    "webapp.administration.apps.AdministrationConfig",
    "workers",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "webapp.lib.health.HealthMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "webapp.lib.http.NothingStoredMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "webapp.lib.request_log.RequestLogMiddleware",
    "webapp.audit.middleware.AuditContextMiddleware",
    "webapp.accounts.middleware.SessionLimitMiddleware",
    "webapp.accounts.second_factor_policy.SecondFactorPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "webapp.lib.http.ApplicationErrorMiddleware",
    "axes.middleware.AxesMiddleware",
    "webapp.accounts.known_places.KnownBrowserMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "webapp.accounts.context.account",
                "webapp.notices.context.notices",
                "webapp.learning.context.training",
            ],
            "builtins": ["webapp.lib.display"],
        },
    }
]

# --- database ----------------------------------------------------------------------------------
DATABASE_URL = read_text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'debrief.sqlite3'}")
# Each request under ASGI has a thread of its own; a connection kept open would outlive it and pile up.
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # secure_delete: what is deleted is overwritten, not only left out of the table.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        "PRAGMA secure_delete=ON;",
    }
    # Tests of concurrent writers need a file: connections to a shared in-memory database do not wait for one another.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- redis: broker, streams, channel layer, cache -------------------------------------------------
def _redis_url() -> str:
    """Without its database number. `make run` keeps the address of the Redis it started, for the command line."""
    kept = VAR_DIR / "redis_url"
    default = kept.read_text(encoding="utf-8").strip() if kept.exists() else "redis://127.0.0.1:6390"
    url = read_text("REDIS_URL", default).rstrip("/")
    head, _, tail = url.rpartition("/")
    return head if tail.isdigit() else url


REDIS_URL = _redis_url()
BROKER_URL = f"{REDIS_URL}/0"
STREAMS_URL = f"{REDIS_URL}/2"
CACHES = {
    "default": {
        "BACKEND": "webapp.lib.cache.ForgivingRedisCache",
        "LOCATION": f"{REDIS_URL}/3",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [f"{REDIS_URL}/2"]}}
}

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "webapp.accounts.forms.SignInForm"}
ACCOUNT_ADAPTER = "webapp.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# The cookie goes with the browser window: hospital PCs are shared.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Against trying one password on many accounts. By account: webapp/accounts/lockout.py.
# allauth's own limit of all sign-ins from an address is off: a hospital is one address.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip", "login": None}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "webapp.accounts.links.PasswordLinkTokens"  # noqa: S105 - a class
PASSWORD_RESET_TIMEOUT = read_int("DEBRIEF_PASSWORD_LINK_S", 24 * 3600, minimum=300)
# People whom their hospital's own provider signs in; see webapp/sign_in_providers.py.
SINGLE_SIGN_ON = providers_read(read_text("DEBRIEF_SINGLE_SIGN_ON", ""))
SOCIALACCOUNT_ADAPTER = "webapp.accounts.single_sign_on.adapter.SingleSignOnAdapter"
MFA_ADAPTER = "webapp.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "webapp.accounts.second_factor.CodeForm",
    "reauthenticate": "webapp.accounts.second_factor.CodeAgainForm",
}
MFA_TOTP_ISSUER = "Debrief"
MFA_TOTP_TOLERANCE = 1
# Browsers allow security keys over plain HTTP on localhost alone, and so do we.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
AXES_FAILURE_LIMIT = read_int("DEBRIEF_SIGN_IN_ATTEMPTS", 5, minimum=1)
AXES_COOLOFF_TIME = timedelta(seconds=read_int("DEBRIEF_SIGN_IN_LOCK_S", 15 * 60, minimum=1))
# Nobody can lock a surgeon out of the places where they have signed in before.
AXES_HANDLER = "webapp.accounts.lockout.SignInLock"
AXES_LOCKOUT_PARAMETERS = "webapp.accounts.lockout.lockout_parameters"
AXES_USERNAME_CALLABLE = "webapp.accounts.lockout.counted_as"
AXES_CLIENT_IP_CALLABLE = "webapp.lib.clients.client_ip"
AXES_LOCKOUT_CALLABLE = "webapp.accounts.lockout.locked_out"
# Of a failed attempt's form nothing that could be used is kept.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "code", "csrfmiddlewaretoken"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# The audit log has the sign-ins.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
SESSION_IDLE_S = read_int("DEBRIEF_SESSION_IDLE_S", 15 * 60, minimum=60)
ADMINS_NEED_SECOND_FACTOR = read_bool("DEBRIEF_ADMINS_NEED_SECOND_FACTOR", PRODUCTION)
SESSION_ABSOLUTE_S = read_int("DEBRIEF_SESSION_ABSOLUTE_S", 8 * 3600, minimum=300)
SESSION_ENGINE = "webapp.accounts.session_store"
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_S
# Fragments that pages fetch by themselves: they keep nobody signed in.
SESSION_PASSIVE_VIEWS = frozenset(
    {"library_rows", "jobs_rows", "video_status", "answer", "answer_events", "conversation_shown", "skill_report_panel"}
    | {"training_panel", "training_run_panel"}
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- mail: optional. Without it an administrator hands out one-time links -----------------------------
EMAIL_HOST = read_text("DEBRIEF_MAIL_HOST", "")
EMAIL_PORT = read_int("DEBRIEF_MAIL_PORT", 587, minimum=1)
EMAIL_HOST_USER = read_text("DEBRIEF_MAIL_USER", "")
EMAIL_HOST_PASSWORD = read_text("DEBRIEF_MAIL_PASSWORD", "")
EMAIL_USE_TLS = read_bool("DEBRIEF_MAIL_TLS", True)
DEFAULT_FROM_EMAIL = read_text("DEBRIEF_MAIL_FROM", "debrief@localhost")
EMAIL_TIMEOUT = 10
HAS_MAIL = bool(EMAIL_HOST)

# --- browser safety ------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and read_bool("DEBRIEF_SSL_REDIRECT", True)
# A load balancer asks inside the network, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
BEHIND_PROXY = read_bool("DEBRIEF_BEHIND_PROXY", False)
# How many of our own proxies add to X-Forwarded-For; the caller's address is that many entries from its end.
PROXY_COUNT = read_int("DEBRIEF_PROXY_COUNT", 1 if BEHIND_PROXY else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *form_origins(SINGLE_SIGN_ON)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# A laptop serves straight from the folders; production collects once, and each name carries a hash of its content.
WHITENOISE_USE_FINDERS = not PRODUCTION
STATICFILES_BACKEND = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if PRODUCTION
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES_BACKEND},
}
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/icons", BASE_DIR / "node_modules/lucide-static/icons"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/inter", BASE_DIR / "node_modules/@fontsource-variable/inter"),
    ("vendor/markdown-it", BASE_DIR / "node_modules/markdown-it/dist"),
    ("vendor/tus", BASE_DIR / "node_modules/tus-js-client/dist"),
]
# The type of printed reports: Latin, Greek and Cyrillic.
PDF_FONTS_DIR = BASE_DIR / "node_modules/dejavu-fonts-ttf/ttf"
UPLOAD_MAX_BYTES = read_int("DEBRIEF_UPLOAD_MAX_BYTES", 50 * 1024**3, minimum=1)
UPLOAD_CHUNK_MAX_BYTES = read_int("DEBRIEF_UPLOAD_CHUNK_MAX_BYTES", 64 * 1024**2, minimum=1024)
# An upload promises its bytes, and room is held for them. Nobody holds room by promises alone for long, or all of it.
UPLOADS_OPEN_PER_PERSON = read_int("DEBRIEF_UPLOADS_OPEN_PER_PERSON", 20, minimum=1)
UPLOADS_OPEN_PER_HOSPITAL = read_int("DEBRIEF_UPLOADS_OPEN_PER_HOSPITAL", 200, minimum=1)
UPLOAD_PROMISED_PER_PERSON_BYTES = read_int("DEBRIEF_UPLOAD_PROMISED_PER_PERSON_BYTES", 2 * UPLOAD_MAX_BYTES, minimum=1)
UPLOAD_PROMISED_PER_HOSPITAL_BYTES = read_int(
    "DEBRIEF_UPLOAD_PROMISED_PER_HOSPITAL_BYTES", 10 * UPLOAD_MAX_BYTES, minimum=1
)
UPLOAD_EMPTY_S = read_int("DEBRIEF_UPLOAD_EMPTY_S", 10 * 60, minimum=60)
UPLOAD_STALLED_S = read_int("DEBRIEF_UPLOAD_STALLED_S", 3600, minimum=60)
if min(UPLOAD_PROMISED_PER_PERSON_BYTES, UPLOAD_PROMISED_PER_HOSPITAL_BYTES) < UPLOAD_MAX_BYTES:
    raise ImproperlyConfigured("DEBRIEF_UPLOAD_PROMISED_PER_..._BYTES must not be less than DEBRIEF_UPLOAD_MAX_BYTES.")
UPLOAD_EXPIRES_S = read_int("DEBRIEF_UPLOAD_EXPIRES_S", 7 * 24 * 3600, minimum=60)
HOSPITAL_QUOTA_BYTES = read_int("DEBRIEF_HOSPITAL_QUOTA_BYTES", 2 * 1024**4, minimum=1)
DISK_RESERVE_BYTES = read_int("DEBRIEF_DISK_RESERVE_BYTES", 1024**3)

# --- media limits ----------------------------------------------------------------------------------
VIDEO_MAX_DURATION_S = read_int("DEBRIEF_VIDEO_MAX_DURATION_S", 12 * 3600, minimum=1)
VIDEO_MAX_PIXELS = read_int("DEBRIEF_VIDEO_MAX_PIXELS", 7680 * 4320, minimum=1)
PROXY_HEIGHT_PX = read_int("DEBRIEF_PROXY_HEIGHT_PX", 720, minimum=120)
KEEP_AUDIO = read_bool("DEBRIEF_KEEP_AUDIO", False)
FFMPEG = read_text("FFMPEG", "")

# --- the model that answers --------------------------------------------------------------------------
ENGINE = read_choice("ENGINE", "local", ("local", "vllm"))
VLLM_URL = read_text("VLLM_URL", "")
VLLM_MODEL = read_text("VLLM_MODEL", "")
if ENGINE == "vllm" and not (VLLM_URL and VLLM_MODEL):
    raise ImproperlyConfigured("ENGINE=vllm needs VLLM_URL and VLLM_MODEL.")
# Of the catalogue in inference/models/catalogue.py.
ANSWER_MODEL = read_text("DEBRIEF_ANSWER_MODEL", "smollm2-135m-instruct")
# NAME or NAME=PATH: made ready at `make run` beside the default.
BASE_MODELS = read_list("DEBRIEF_BASE_MODELS", "")
DEVICE = read_text("DEBRIEF_DEVICE", "auto")
ANSWER_MAX_TOKENS = read_int("DEBRIEF_ANSWER_MAX_TOKENS", 256, minimum=8)
# Of one person, over all videos: the rest of the assistant's places stay free for colleagues.
OPEN_ANSWERS_MAX = read_int("DEBRIEF_OPEN_ANSWERS", 3, minimum=1)
# The model that says why, a larger one where it is on the machine and fits; see workers/reasoner.py.
EXPLANATION_MODEL = read_text("DEBRIEF_EXPLANATION_MODEL", "qwen2.5-coder-1.5b-instruct")
EXPLANATION_IDLE_S = read_int("DEBRIEF_EXPLANATION_IDLE_S", 300, minimum=1)
# How many people beside its author approve a correction before a training reads it.
CORRECTION_APPROVALS = read_int("DEBRIEF_CORRECTION_APPROVALS", 1, minimum=1)
QUESTION_MAX_CHARS = read_int("DEBRIEF_QUESTION_MAX_CHARS", 4000, minimum=10)

# --- training of the model that explains -------------------------------------------------------------
# Whose corrections are trained on and whose administrators see it, by slug; without it the server's first hospital.
TRAINING_HOSPITAL = read_text("DEBRIEF_TRAINING_HOSPITAL", "")
TRAINING_MODEL = read_text("DEBRIEF_TRAINING_MODEL", "qwen2.5-coder-0.5b-instruct")
TRAINING_SMALLEST_MODEL = "smollm2-135m-instruct"
# From hour to hour of the server's time zone; "0-24" at any time.
TRAINING_HOURS = read_hours("DEBRIEF_TRAINING_HOURS", "20-6")
TRAINING_MAX_S = read_int("DEBRIEF_TRAINING_MAX_S", 24 * 3600, minimum=60)
TRAINING_MAX_MEMORY_BYTES = read_int("DEBRIEF_TRAINING_MAX_MEMORY_BYTES", 12 * 1024**3, minimum=256 * 1024**2)
TRAINING_THREADS = read_int("DEBRIEF_TRAINING_THREADS", 1, minimum=1)
# An adapter is rolled back by itself once so many explanations, or judged answers, say that it does harm.
ROLLBACK_MIN_COUNT = read_int("DEBRIEF_ROLLBACK_MIN_COUNT", 20, minimum=1)
ROLLBACK_THUMBS_DOWN_PERCENT = read_int("DEBRIEF_ROLLBACK_THUMBS_DOWN_PERCENT", 50, minimum=1)
ROLLBACK_WRONG_STEPS_PERCENT = read_int("DEBRIEF_ROLLBACK_WRONG_STEPS_PERCENT", 40, minimum=1)
ROLLBACK_SLOW_S = read_int("DEBRIEF_ROLLBACK_SLOW_S", 60, minimum=1)

# --- the API for hospital systems ----------------------------------------------------------------------
API_REQUESTS_PER_MINUTE = read_int("DEBRIEF_API_REQUESTS_PER_MINUTE", 600, minimum=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["webapp.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["webapp.api.authentication.ScopeNeeded"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["webapp.api.parsers.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "webapp.api.problems.problem_handler",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_METADATA_CLASS": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Debrief",
    "DESCRIPTION": "Recorded operations, what was asked of them and answered. For learning and quality work. "
    "Not for diagnosis, treatment or credentialing.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # What a change needs, it needs: no field becomes optional for being sent with PATCH.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "VideoStatus": "webapp.videos.models.Video.Status",
        "UploadStatus": "webapp.videos.models.Upload.Status",
        "JobStatus": "webapp.jobs.models.Job.Status",
        "AnswerStatus": "webapp.conversations.models.Answer.Status",
        "ModelKind": "webapp.registry.models.ModelKind",
        "ModelState": "webapp.registry.models.ModelVersion.State",
        "Lane": "webapp.videos.models.TimelineFact.Lane",
        "Thumb": "webapp.conversations.models.Answer.Thumb",
        "Verdict": "webapp.conversations.models.Claim.Verdict",
        "Role": "webapp.accounts.models.Membership.Role",
        "Viewing": "webapp.accounts.models.Department.Viewing",
        "ExplanationStatus": "webapp.learning.models.Explanation.Status",
        "CorrectionKind": "webapp.learning.models.Correction.Kind",
        "CorrectionState": "webapp.learning.models.Correction.State",
        "CorrectionVerdict": "webapp.learning.models.CorrectionReading.Verdict",
        "TrainingState": "webapp.learning.models.TrainingRun.State",
        "ReportState": "webapp.skills.models.SkillReport.State",
        "AppealState": "webapp.skills.models.Appeal.State",
        "ReferenceState": "webapp.skills.models.ReferenceClip.State",
        "Signing": "webapp.api.models.Webhook.Signing",
        "DeliveryStatus": "webapp.api.models.WebhookDelivery.Status",
        "AuditAction": "webapp.audit.actions.Action",
    },
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "api.ApiClient"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "webapp.api.oauth.validator.ClientValidator",
    "SCOPES_BACKEND_CLASS": "webapp.api.oauth.validator.ClientScopes",
    # SMART Backend Services: good for at most five minutes, and no other token is given to renew it.
    "ACCESS_TOKEN_EXPIRE_SECONDS": 300,
    # Of tokens the database has the hash alone.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    # Clients prove themselves and nothing else is granted; what RFC 9700 warns of in other grants is off all the same.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
# Names of hosts and networks (10.1.0.0/16) inside the house that webhooks and key sets may be at.
OUTSIDE_ALLOWED = read_list("DEBRIEF_OUTSIDE_ALLOWED", "")
# From where programs may have videos fetched; see webapp/stores.py.
FETCH_STORES = stores_read(read_list("DEBRIEF_FETCH_STORES", ""))

# --- language, time, logs ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = read_text("TZ", "UTC") or "UTC"
USE_TZ = True
LOGGING = logging_settings(as_json=PRODUCTION, level=read_choice("DEBRIEF_LOG_LEVEL", "INFO", LOG_LEVELS))
METRICS_TOKEN = read_text("DEBRIEF_METRICS_TOKEN", "")
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# --- what production refuses ---------------------------------------------------------------------------
if PRODUCTION:
    _unsafe = [
        *unsafe_key(SECRET_KEY),
        *unsafe_hosts(ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS),
        *unsafe_sign_in(AXES_FAILURE_LIMIT, is_behind_proxy=BEHIND_PROXY, num_proxies=PROXY_COUNT),
        *unsafe_model_server(VLLM_URL),
        *unsafe_providers(SINGLE_SIGN_ON),
        *unsafe_stores(FETCH_STORES),
    ]
    if _unsafe:
        raise ImproperlyConfigured(f"Production needs {'; '.join(_unsafe)}.")
