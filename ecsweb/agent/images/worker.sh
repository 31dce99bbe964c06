#!/bin/sh
# Works for ever: one line a second, until it is asked to stop.
stop() {
    echo "worker got SIGTERM after item $item, stopping"
    exit 0
}
trap stop TERM INT
echo "worker starts, task ${ECSWEB_TASK_ID:-$(hostname)}"
item=0
while :; do
    sleep 1 &
    wait $!
    item=$((item + 1))
    echo "worked on item $item"
done
