#!/bin/sh
# Fails after a second, as a program with a wrong setting does.
trap 'exit 143' TERM INT
echo "crash starts, task ${ECSWEB_TASK_ID:-$(hostname)}"
sleep 1 &
wait $!
echo "error: cannot reach the database, giving up" >&2
exit 1
