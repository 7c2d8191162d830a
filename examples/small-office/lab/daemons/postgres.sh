# PostgreSQL refuses to run as root; Debian keeps its programs out of the PATH.
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
install -d -o postgres -g postgres /run/postgres
as_postgres="setpriv --reuid=postgres --regid=postgres --clear-groups"
$as_postgres "$bin/initdb" -D /run/postgres/data --auth-local=trust --auth-host=scram-sha-256 --no-sync
exec $as_postgres "$bin/postgres" -D /run/postgres/data -c listen_addresses='*' \
    -c unix_socket_directories= -c fsync=off -c shared_buffers=16MB
