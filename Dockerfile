# One image for web, worker, beat and watcher; what runs in it is said by docker-compose.yml.
# Where there is no python:3.11-slim: --build-arg BASE_IMAGE=… names another Debian or Ubuntu with Python 3.11 and pip.
ARG BASE_IMAGE=python:3.11-slim
FROM ${BASE_IMAGE}

# pip's own settings, for mirrors and own certificate authorities; unset they are pip's defaults. With a folder `wheels/` beside
# this file (`pip download -r requirements.txt -d wheels`) and PIP_NO_INDEX=1 the build needs no package index.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST
ARG PIP_CERT
ARG PIP_NO_INDEX

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /srv/ecsweb

# The `[s]` makes the folder optional. Requirements first: they change less often than the code.
COPY requirements.txt wheel[s] /tmp/build/
RUN python -m pip install --no-cache-dir --find-links /tmp/build -r /tmp/build/requirements.txt && rm -rf /tmp/build

COPY . .
RUN rm -rf wheels \
    && python -m babel.messages.frontend -q compile --use-fuzzy -D django -d locale \
    && python -m compileall -q ecsweb \
    && useradd --system --uid 10001 --user-group --home-dir /data ecsweb \
    && install -d -o ecsweb -g root -m 770 /data

ENV DJANGO_SETTINGS_MODULE=ecsweb.settings ECSWEB_DATA=/data
USER ecsweb
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "ecsweb.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--timeout-graceful-shutdown", "2", "--no-access-log", "--no-server-header"]
