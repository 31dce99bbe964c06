#!/bin/sh
# A job that ends: two seconds of work, then exit code 0.
stop() {
    echo "job got SIGTERM before it was done"
    exit 143
}
trap stop TERM INT
echo "job starts, task ${ECSWEB_TASK_ID:-$(hostname)}"
for step in 1 2; do
    sleep 1 &
    wait $!
    echo "step $step of 2 done"
done
echo "job done"
