"""Django settings. Everything an operator may change is an environment variable."""

import logging
import os
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from bihuan.conf import secrets
from bihuan.foundation.access import providers
from bihuan.lib import clock, keyring, private

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default).lower() in {"1", "true", "yes"}


def _listed(name: str) -> list[str]:
    return [one.strip() for one in os.environ.get(name, "").split(",") if one.strip()]


def _token(name: str) -> str:
    given = os.environ.get(name, "").strip()
    if given and len(given) < 16:
        msg = f"{name} is 16 characters at least that nobody guesses (`openssl rand -hex 24`)"
        raise ImproperlyConfigured(msg)
    return given


def _networks(name: str) -> list[str]:
    given = _listed(name)
    for one in given:
        try:
            ip_network(one, strict=False)
        except ValueError as error:
            msg = f"{name} names addresses or networks, by comma; {one!r} is none"
            raise ImproperlyConfigured(msg) from error
    return given


def _public(given: str) -> str:
    address = given.strip().rstrip("/")
    parts = urlsplit(address)
    if address != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in ("http", "https"):
        msg = f"BIHUAN_PUBLIC_URL is http:// or https://, a host and perhaps a port; not {given!r}"
        raise ImproperlyConfigured(msg)
    if not parts.hostname or "@" in parts.netloc:
        msg = f"BIHUAN_PUBLIC_URL names one host, without anybody's name; not {given!r}"
        raise ImproperlyConfigured(msg)
    return address


def _database(url: str, data: Path) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "bihuan.sqlite3",
            "OPTIONS": {
                # A writer that starts as a reader cannot be upgraded under WAL when another wrote
                # in between; taking the lock at BEGIN makes writers queue instead of failing.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c idle_in_transaction_session_timeout=60000"},
    }


# Every process of ours reads this first: what it writes from here on (database with its log, files,
# facts, exports, what libraries put aside) is its owner's alone.
os.umask(private.UMASK)
DATA = Path(os.environ.get("BIHUAN_DATA", "data")).resolve()
# To whom backups are encrypted: public keys of age, parted by commas.
BACKUP_TO = _listed("BIHUAN_BACKUP_TO")
SECRETS = secrets.load(DATA / "secrets.json")
KEY_NAMES = secrets.NAMES
# By whom one may log in besides by password, docs/howto/log-in.md.
PROVIDERS = providers.load(DATA / "providers.toml")
SECRET_KEY, *SECRET_KEY_FALLBACKS = keyring.every(SECRETS, "django")
# By which the log notes when an event is recorded; nothing else reads it.
CLOCK = clock.now
# The newest seals of the log, out of the database's reach.
SEALS_FILE = DATA / "seals.log"
# After so many minutes an event without a seal is a finding.
SEAL_GRACE_MINUTES = int(os.environ.get("BIHUAN_SEAL_GRACE_MINUTES", "30"))
# To whom the newest seal is told once a day: a file, addresses of mail, addresses that are posted to,
# authorities that stamp it (RFC 3161), and the root certificates by which their stamps are checked.
ANCHORS_ROOT = DATA / "anchors"
ANCHOR_FILE = os.environ.get("BIHUAN_ANCHOR_FILE", "")
ANCHOR_MAIL, ANCHOR_WEBHOOK, ANCHOR_TSA = (
    _listed(f"BIHUAN_ANCHOR_{kind}") for kind in ("MAIL", "WEBHOOK", "TSA")
)
ANCHOR_TSA_ROOTS = os.environ.get("BIHUAN_ANCHOR_TSA_ROOTS", "")
DEBUG = False
# The one address that what leaves the house names; no request's own Host does.
PUBLIC_URL = _public(os.environ.get("BIHUAN_PUBLIC_URL", "http://127.0.0.1:8000"))
# Names under which it answers: that one's, those that are named beside it, and this machine's own for
# probes and for whoever tries it before there is a proxy.
ALLOWED_HOSTS = [
    str(urlsplit(f"//{urlsplit(PUBLIC_URL).netloc}").hostname),
    *_listed("BIHUAN_HOSTS"),
    *("localhost", "127.0.0.1", "[::1]"),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATABASES = {"default": _database(os.environ.get("BIHUAN_DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "orgs.Person"
AUTHENTICATION_BACKENDS = ["bihuan.foundation.access.backend.StandingBackend"]
# Programmes of this house's own, a folder each, beside those that ship.
PROGRAMMES_ROOT = DATA / "programmes"
FILES_ROOT = DATA / "files"
FACTS_ROOT = DATA / "facts"
# The SQL of figures, made anew when it is not there.
WORDS_ROOT = DATA / "words"
# What figures answered, for all processes; computed anew when it is not there.
ANSWERS_ROOT = DATA / "answers"
# Whether facts say who had a matter. Off: figures by person are not to be had at all.
FACTS_PERSONS = _flag("BIHUAN_FACTS_PERSONS")
# What computes figures: "duckdb" in this process, or "spark" on the master that is named.
ENGINE = os.environ.get("BIHUAN_ENGINE", "duckdb")
SPARK_MASTER = os.environ.get("BIHUAN_SPARK_MASTER", "local[*]")
FILE_MAX_BYTES = int(os.environ.get("BIHUAN_FILE_MAX_BYTES", str(10 * 1024 * 1024)))
# All files of one request and the form around them; what says it is longer is not read.
REQUEST_MAX_BYTES = int(os.environ.get("BIHUAN_REQUEST_MAX_BYTES", str(32 * 1024 * 1024)))
FILES_PER_MESSAGE = 5
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
# A service may ask for fifty materials, each with a field of its own.
DATA_UPLOAD_MAX_NUMBER_FILES = 60
# Hosts or networks inside the house that webhooks may call all the same.
WEBHOOK_HOSTS = [
    h.strip() for h in os.environ.get("BIHUAN_WEBHOOK_HOSTS", "").split(",") if h.strip()
]
# Whether system, security and audit administrator are three roles that nobody holds together.
THREE_OFFICERS = _flag("BIHUAN_THREE_OFFICERS")
# Whether who administers must have a second factor; unless said, everywhere but in a demonstration.
DEMONSTRATION = DATA / "demonstration"
ADMINS_NEED_FACTOR = _flag("BIHUAN_ADMINS_NEED_FACTOR", "0" if DEMONSTRATION.exists() else "1")
# How the library of factors keeps what it keeps.
MFA_ADAPTER = "bihuan.foundation.access.factor_keys.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Addresses or networks of proxies in front: who they say is behind them is believed, nobody else.
TRUSTED_PROXIES = [
    p.strip() for p in os.environ.get("BIHUAN_TRUSTED_PROXIES", "").split(",") if p.strip()
]
# Who may read /metrics: whoever brings this token, and these addresses or networks. With neither there
# is no such page, and nothing is counted.
METRICS_TOKEN = _token("BIHUAN_METRICS_TOKEN")
METRICS_FROM = _networks("BIHUAN_METRICS_FROM")
# Whether each request leaves a line in the log.
LOG_REQUESTS = _flag("BIHUAN_LOG_REQUESTS")
# Where many share one address an operator may widen the limits of requests.
THROTTLE_FACTOR = int(os.environ.get("BIHUAN_THROTTLE_FACTOR", "1"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "treebeard",
    "template_partials",
    "django_htmx",
    # Of its tables and proofs alone: none of its pages has an address.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "bihuan.foundation.audit",
    "bihuan.foundation.search",
    "bihuan.foundation.orgs",
    "bihuan.foundation.access",
    "bihuan.foundation.files",
    "bihuan.foundation.notify",
    "bihuan.foundation.identity",
    "bihuan.kernel.programmes",
    "bihuan.kernel.services",
    "bihuan.kernel.halls",
    "bihuan.kernel.clocks",
    "bihuan.kernel.absences",
    "bihuan.kernel.matters",
    "bihuan.kernel.senders",
    "bihuan.kernel.impartiality",
    "bihuan.kernel.people",
    "bihuan.kernel.obligations",
    "bihuan.kernel.workbench",
    "bihuan.kernel.watches",
    "bihuan.kernel.exchange",
    "bihuan.kernel.directory",
    "bihuan.kernel.afield",
    "bihuan.kernel.merging",
    "bihuan.kernel.upkeep",
    "bihuan.outcomes.publicity",
    "bihuan.outcomes.papers",
    "bihuan.facets.stances",
    "bihuan.facets.links",
    "bihuan.facets.levels",
    "bihuan.facets.subject",
    "bihuan.facets.roll",
    "bihuan.facets.each",
    "bihuan.facets.plan",
    "bihuan.facets.counts",
    "bihuan.facets.thresholds",
    "bihuan.facets.scores",
    "bihuan.facets.pair",
    "bihuan.facets.round",
    "bihuan.facets.gathering",
    "bihuan.facets.quiz",
    "bihuan.facets.draw",
    "bihuan.web",
    # Apps of this installation's own, each of which brings a facet.
    *_listed("BIHUAN_APPS"),
]
MIDDLEWARE = [
    *(["bihuan.web.request_lines.RequestLineMiddleware"] if LOG_REQUESTS else []),
    *(["bihuan.web.metrics.counting.CountingMiddleware"] if METRICS_TOKEN or METRICS_FROM else []),
    "bihuan.web.steady.SteadyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "bihuan.web.headers.HeadersMiddleware",
    "bihuan.web.packed.PackedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bihuan.api.middleware.ApiMiddleware",
    "bihuan.web.locale.LocaleMiddleware",
    "bihuan.web.bounded.BoundedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bihuan.web.sessions.SessionMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bihuan.web.errors.ErrorMiddleware",
]
CSRF_FAILURE_VIEW = "bihuan.web.errors.stale_form"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Of allauth only what carries a log-in to a provider and back is used; it stores nothing, and its own
# pages have no address (bihuan.web.providers).
SOCIALACCOUNT_ADAPTER = "bihuan.web.providers.adapter.Adapter"
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "portal:home"

ROOT_URLCONF = "bihuan.conf.urls"
WSGI_APPLICATION = "bihuan.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bihuan.web.context.site",
            ],
            "builtins": [
                "bihuan.web.templatetags.bihuan",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# off | load | always: whether the public form asks browsers for a proof of work.
PROOF_OF_WORK = os.environ.get("BIHUAN_PROOF_OF_WORK", "load")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English"), ("zh-hant", "繁體中文")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("BIHUAN_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "bihuan.web.bundle.Bundle"},
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Holds counts of tries and nothing else. When it is full the oldest third goes: with room
        # for few, one person with many addresses could wash their own counts away.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}
SESSION_ENGINE = "bihuan.foundation.access.session_store"
# A log-in lasts a working day, and two hours without a sign of life: computers in halls are shared.
SESSION_COOKIE_AGE = int(os.environ.get("BIHUAN_SESSION_HOURS", "12")) * 3600
SESSION_IDLE = int(os.environ.get("BIHUAN_SESSION_IDLE_MINUTES", "120")) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if urlsplit(PUBLIC_URL).scheme == "https":
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

EMAIL_BACKEND = os.environ.get(
    "BIHUAN_EMAIL_BACKEND", "bihuan.foundation.notify.console.EmailBackend"
)
if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    # The same with an end of the whole delivery.
    EMAIL_BACKEND = "bihuan.foundation.notify.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("BIHUAN_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("BIHUAN_EMAIL_PORT", "25"))
# Of the whole delivery of a mail; less than the lease of its task, or another worker sends it too.
EMAIL_SECONDS = min(float(os.environ.get("BIHUAN_EMAIL_SECONDS", "30")), 50)
EMAIL_TIMEOUT = EMAIL_SECONDS
EMAIL_HOST_USER = os.environ.get("BIHUAN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BIHUAN_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("BIHUAN_EMAIL_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("BIHUAN_EMAIL_FROM", "bihuan@localhost")

# text | json: how lines of the log are written.
LOG_FORMAT = os.environ.get("BIHUAN_LOG_FORMAT", "text")
if LOG_FORMAT not in ("text", "json"):
    msg = f"BIHUAN_LOG_FORMAT is text or json; not {LOG_FORMAT!r}"
    raise ImproperlyConfigured(msg)
# Warnings of Python quote values too.
logging.captureWarnings(capture=True)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "bihuan.lib.log_lines.Line"},
        "json": {"()": "bihuan.lib.log_lines.Json"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BIHUAN_LOG_LEVEL", "WARNING")},
    "loggers": {
        # What nobody mends: whatever a stranger asked for that is not there, or is no request.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        # It tells every EXIF tag it meets.
        "PIL": {"level": "WARNING"},
        # It tells addresses with their queries, and with some providers a secret is in there.
        "urllib3": {"level": "WARNING"},
        "bihuan.web.request_lines": {"level": "INFO" if LOG_REQUESTS else "CRITICAL"},
        # The server writes an exception that reaches it with all its words, to its own output.
        "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
