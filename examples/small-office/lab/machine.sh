#!/bin/sh
# The first process of one machine, in namespaces of its own (network, processes, mounts, host name).
# Environment: LAB (this folder), DIR (the machine's own folder), FQDN, ADDRESS, DAEMONS.
set -eu

hostname "$FQDN"
# Daemons that look up their own name at the start must not wait for the name servers to be up.
mount --bind "$DIR/../hosts" /etc/hosts
# Daemons write where they always do, but into memory of this machine only.
for folder in /run /var/log /var/spool /var/cache /var/lib/samba /var/lib/postfix; do
    if [ -d "$folder" ]; then
        mount -t tmpfs -o mode=755 tmpfs "$folder"
    fi
done
for daemon in $DAEMONS; do
    sh -eu "$LAB/daemons/$daemon.sh" >"$DIR/$daemon.log" 2>&1 &
done
# The first process must outlive the daemons: when it ends, the machine ends.
exec sleep infinity
