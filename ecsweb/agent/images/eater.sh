#!/bin/sh
# Eats memory until the kernel kills it: this shell is pid 1, so the container ends with 137 and OOMKilled.
trap 'exit 143' TERM INT
echo "eater starts, task ${ECSWEB_TASK_ID:-$(hostname)}"
sleep 1 &
wait $!
food=0123456789abcdef
size=16
while :; do
    food=$food$food
    size=$((size * 2))
    if [ "$size" -ge 1048576 ]; then
        echo "holding $((size / 1048576)) MiB"
        sleep 0.15
    fi
done
