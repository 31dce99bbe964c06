"""Settings from environment variables (`design.md` section 5); every default is what one learner on a laptop needs."""

from __future__ import annotations

import hashlib
import os
import secrets
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ecsweb.domain.identifiers import REGION

BASE_DIR = Path(__file__).resolve().parent.parent


def choice_from_environment(name: str, default: str, allowed: set[str]) -> str:
    value = os.environ.get(name, "") or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(allowed))}, but is {value!r}.")
    return value


def speed_from_environment() -> float:
    text = os.environ.get("ECSWEB_SPEED", "") or "10"
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1000:
        raise ImproperlyConfigured(f"ECSWEB_SPEED must be a number above 0 and up to 1000, but is {text!r}.")
    return value


def region_from_environment() -> str:
    value = os.environ.get("ECSWEB_REGION", "") or "ap-northeast-2"
    if not REGION.fullmatch(value):
        raise ImproperlyConfigured(f"ECSWEB_REGION must be a region such as ap-northeast-2, but is {value!r}.")
    return value


def account_from_environment() -> str:
    value = os.environ.get("ECSWEB_ACCOUNT", "") or "123456789012"
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"ECSWEB_ACCOUNT must be 12 digits, but is {value!r}.")
    return value


# Ecsweb's own
ECSWEB_DATA = Path(os.environ.get("ECSWEB_DATA", "") or BASE_DIR / "var").resolve()
ECSWEB_DATA.mkdir(parents=True, exist_ok=True)
_ENGINES = {"auto", "docker", "simulated"}
ECSWEB_ENGINE = choice_from_environment("ECSWEB_ENGINE", "auto", _ENGINES)
# The launcher says what was asked for apart from what it found: a simulated engine may be a wish or what is left.
ECSWEB_ENGINE_ASKED = choice_from_environment("ECSWEB_ENGINE_ASKED", ECSWEB_ENGINE, _ENGINES)
# What an account of a class may run at once, all its clusters together: 40 of them share one machine.
ECSWEB_CLASS_CONTAINERS = int(os.environ.get("ECSWEB_CLASS_CONTAINERS", "") or 16)
ECSWEB_CLASS_MEMORY = int(os.environ.get("ECSWEB_CLASS_MEMORY", "") or 1152)
ECSWEB_MODE = choice_from_environment("ECSWEB_MODE", "solo", {"solo", "class"})
ECSWEB_ACCOUNT = account_from_environment()
ECSWEB_REGION = region_from_environment()
ECSWEB_SPEED = speed_from_environment()
# Engine calls at once (`reliability.md` 7.1: more than 3-4 only add latency); 0 runs them inline, as tests want.
ECSWEB_ENGINE_SLOTS = int(os.environ.get("ECSWEB_ENGINE_SLOTS", "") or 4)
# Volumes and networks of containers: subnets are /24s cut from this pool, since Docker's default pools end at about 30.
ECSWEB_NETWORK_POOL = os.environ.get("ECSWEB_NETWORK_POOL", "") or "10.213.0.0/16"


def secret_key(path: Path) -> str:
    """Return the key of this data folder, made at the first start and kept private."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


# Django
SECRET_KEY = os.environ.get("SECRET_KEY", "") or secret_key(ECSWEB_DATA / "secret-key")
DEBUG = False
ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h] or ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "ecsweb.urls"
ASGI_APPLICATION = "ecsweb.asgi.application"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "ecsweb",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ecsweb.web.middleware.whole_files",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ecsweb.web.middleware.content_security_policy",
    "ecsweb.web.middleware.principal",
    "ecsweb.web.rehearsing.Rehearsals",
    "ecsweb.web.looks.looks",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ecsweb.web.context.chrome",
            ],
            "libraries": {
                "ecsweb": "ecsweb.web.templatetags.ecsweb",
                "lessons": "ecsweb.web.templatetags.lessons",
            },
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Database
DATABASES: dict[str, Any]
if os.environ.get("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60, conn_health_checks=True)}
else:
    # IMMEDIATE: with DEFERRED most read-then-write transactions meet "database is locked" (`reliability.md` fact 6).
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ECSWEB_DATA / "ecsweb.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                # Seconds that a writer waits for another: an answer never takes more than three.
                "timeout": 2.5,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                    " PRAGMA cache_size=-16000;"
                ),
            },
            "TEST": {"NAME": os.environ.get("ECSWEB_TEST_DB") or None},
        }
    }

# Redis or Valkey, Celery
# The embedded server listens on a Unix socket in the data folder, or where the launcher says, should that path be too
# long for a socket; database 0 is Celery's, 1 is ours.
REDIS_SOCKET = Path(os.environ.get("ECSWEB_REDIS_SOCKET", "") or ECSWEB_DATA / "valkey.sock")
REDIS_URL = os.environ.get("REDIS_URL", "")
ECSWEB_REDIS_URL = f"{REDIS_URL.rstrip('/')}/1" if REDIS_URL else f"unix://{REDIS_SOCKET}?db=1"
CELERY_BROKER_URL = f"{REDIS_URL.rstrip('/')}/0" if REDIS_URL else f"redis+socket://{REDIS_SOCKET}?virtual_host=0"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(ECSWEB_DATA / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "ecsweb.jobs.housekeeping.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "heartbeat": {"task": "ecsweb.jobs.housekeeping.heartbeat", "schedule": 5.0, "options": {"expires": 5}},
}

# Languages, static files, sessions, logs
LANGUAGE_CODE = "en"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TZ", "") or "UTC"
LANGUAGE_COOKIE_SAMESITE = "Lax"


def version_of_static_files(folder: Path) -> str:
    """Return a hash of the files and of the packages that bring more: another one with each change."""
    seen = hashlib.sha256("".join(version(package) for package in ("django", "django-htmx")).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            seen.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return seen.hexdigest()[:12]


STATICFILES_DIRS = [BASE_DIR / "static"]
# A change gives all files new addresses, the links between them included, so browsers may keep what they have for good.
STATIC_URL = f"static/{version_of_static_files(STATICFILES_DIRS[0])}/"
STATIC_ROOT = ECSWEB_DATA / "static"
# WhiteNoise warns of a folder that is not there.
STATIC_ROOT.mkdir(exist_ok=True)
# Served straight from static/: no collectstatic step stands between `git pull` and a right page.
WHITENOISE_USE_FINDERS = True
# Sizes read at the start would cut files short that `git pull` changes under a running server: its pages would be dead.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_IMMUTABLE_FILE_TEST = "^/static/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Not ready yet is an answer to who asks for it, no error of ours.
    "filters": {"but_health": {"()": "ecsweb.web.log_filters.ButHealth"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"filters": ["but_health"]},
        "ecsweb": {"level": os.environ.get("ECSWEB_LOG_LEVEL", "") or "INFO"},
    },
}
