"""Images for the Compose test where no registry answers: made once of Debian packages, kept in the engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.structure.sources import ROOT

PYTHON, REDIS, POSTGRES, OURS = (f"ecsweb-test/{name}:latest" for name in ("python", "redis", "postgres", "ecsweb"))
PACKAGES = "python3,python3-pip,redis-server,postgresql,ca-certificates"
POSTGRES_START = """#!/bin/sh
# What the official image does at its first start: a database and its owner, named by the environment.
set -e
bin=$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
as_postgres="setpriv --reuid postgres --regid postgres --clear-groups"
if [ ! -s $data/PG_VERSION ]; then
    chown postgres:postgres $data
    printf %s "$POSTGRES_PASSWORD" > /tmp/password
    chmod 644 /tmp/password
    $as_postgres $bin/initdb -D $data -U "$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 -E UTF8
    rm /tmp/password
    echo "host all all all scram-sha-256" >> $data/pg_hba.conf
    echo "CREATE DATABASE $POSTGRES_DB" | $as_postgres $bin/postgres --single -D $data postgres
fi
exec $as_postgres $bin/postgres -D $data -c listen_addresses='*' -c unix_socket_directories=/tmp
"""


def run(*command: str | Path, **variables: str) -> str:
    """Run a command and return what it printed; fail with its words."""
    environment = {**os.environ, "DOCKER_BUILDKIT": "0", **variables}
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def has_image(name: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode == 0


def can_be_made() -> bool:
    return os.geteuid() == 0 and shutil.which("debootstrap") is not None and shutil.which("docker") is not None


def ensure_bases() -> None:
    """Make the stand-ins of python, redis and postgres unless the engine has them from an earlier run."""
    if not has_image(PYTHON):
        with tempfile.TemporaryDirectory(prefix="ecsweb-debian-") as folder:
            import_debian(Path(folder) / "root")
    if not has_image(REDIS):
        build(f"FROM {PYTHON}\nEXPOSE 6379\n", REDIS)
    if not has_image(POSTGRES):
        lines = f"FROM {PYTHON}\nCOPY start /usr/local/bin/start\nRUN chmod 755 /usr/local/bin/start\n"
        build(f'{lines}VOLUME /var/lib/postgresql/data\nCMD ["/usr/local/bin/start"]\n', POSTGRES, start=POSTGRES_START)


def import_debian(root: Path) -> None:
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    components = "main,universe" if release["ID"] == "ubuntu" else "main"
    suite = release["VERSION_CODENAME"].strip('"')
    run("debootstrap", "--variant=minbase", f"--components={components}", f"--include={PACKAGES}", suite, root)
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    # The official image lets pip install beside its Python; Debian's marks its own as managed.
    for mark in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        mark.unlink()
    for cache in ("var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(root / cache)
    with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(["docker", "import", "-", PYTHON], stdin=tar.stdout, check=True, capture_output=True)


def build(dockerfile: str, name: str, **files: str) -> None:
    with tempfile.TemporaryDirectory(prefix="ecsweb-image-") as folder:
        for file, text in {"Dockerfile": dockerfile, **files}.items():
            (Path(folder) / file).write_text(text, encoding="utf-8")
        run("docker", "build", "--tag", name, folder)


def build_ours(context: Path) -> None:
    """Build the product's image of the repository's Dockerfile, with the packages in `wheels/` as it offers."""
    for name in ("ecsweb", "templates", "static", "locale"):
        shutil.copytree(ROOT / name, context / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in ("manage.py", "requirements.txt", "Dockerfile", ".dockerignore"):
        shutil.copy(ROOT / name, context / name)
    version = run("docker", "run", "--rm", PYTHON, "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    ways = ("--only-binary=:all:", "--python-version", version.strip(), "--dest", context / "wheels")
    # pip judges requirements by the Python that it runs in: what only a 3.11 older than this one needs must be named.
    run(sys.executable, "-m", "pip", "download", "--quiet", *ways, "-r", "requirements.txt", "async-timeout")
    arguments = ("--build-arg", f"BASE_IMAGE={PYTHON}", "--build-arg", "PIP_NO_INDEX=1")
    run("docker", "build", *arguments, "--tag", OURS, context)
