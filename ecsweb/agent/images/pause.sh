#!/bin/sh
# Holds the network of an awsvpc task: the task's containers join it, and it sleeps until the task is over.
trap 'exit 0' TERM INT
while :; do
    sleep 3600 &
    wait $!
done
