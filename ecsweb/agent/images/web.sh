#!/bin/sh
# Shows which task answers: family, revision, task and container instance, in the colour of the revision.
family=${ECSWEB_FAMILY:-unknown}
revision=${ECSWEB_REVISION:-0}
task=${ECSWEB_TASK_ID:-$(hostname)}
instance=${ECSWEB_INSTANCE:-unknown}
container=${ECSWEB_CONTAINER:-unknown}
port=${PORT:-80}
root=/tmp/www
hue=$(( (revision * 67 + 140) % 360 ))
mkdir -p "$root"
. /ecsweb/page.sh > "$root/index.html"
echo ok > "$root/health"
printf '{"family":"%s","revision":"%s","task":"%s","instance":"%s","container":"%s"}\n' \
    "$family" "$revision" "$task" "$instance" "$container" > "$root/task.json"

stop() {
    echo "web $family:$revision got SIGTERM, stopping"
    kill "$server" 2>/dev/null
    exit 0
}
trap stop TERM INT
echo "web $family:$revision starts, task $task on instance $instance, container port $port"
httpd -f -vv -p "$port" -h "$root" &
server=$!
wait "$server"
echo "web $family:$revision: the HTTP server ended"
exit 1
