#!/usr/bin/env bash
# Runs a command with LINLI_TEST_POSTGRES naming a fresh PostgreSQL server on a free loopback port, and takes the server
# away afterwards; LINLI_TEST_POSTGRES_CA names the authority of its certificate for `localhost` (where openssl is
# installed). Given LINLI_TEST_POSTGRES from outside, uses that server as it is.
set -euo pipefail
[ -n "${LINLI_TEST_POSTGRES:-}" ] && exec "$@"

bin=$(dirname "$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
folder=$(mktemp -d "${TMPDIR:-/tmp}/linli-postgres.XXXXXX")
as=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
    id postgres >/dev/null 2>&1 || useradd --system postgres
    chown postgres "$folder"
    as=(setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups)
fi
stop() {
    "${as[@]}" "$bin/pg_ctl" -D "$folder/db" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
free_port() {
    node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
cd "$folder"
"${as[@]}" "$bin/initdb" -D "$folder/db" -U linli --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
tls=()
certificate() { # by a new authority, for localhost
    cd "$folder"
    local new=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    openssl req -x509 "${new[@]}" -keyout ca.key -out ca.crt -days 2 -subj '/CN=Linli test authority' &&
        openssl req "${new[@]}" -keyout server.key -out server.csr -subj '/CN=localhost' &&
        openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 \
            -extfile <(echo 'subjectAltName=DNS:localhost') && chmod 600 server.key
}
if command -v openssl >/dev/null && (certificate) >/dev/null 2>&1; then
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder"/server.*
    tls=(-c ssl=on -c "ssl_cert_file='$folder/server.crt'" -c "ssl_key_file='$folder/server.key'")
    export LINLI_TEST_POSTGRES_CA=$folder/ca.crt
fi
port=$(free_port)
"${as[@]}" "$bin/pg_ctl" -D "$folder/db" -w -l "$folder/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$folder' -c max_connections=200 ${tls[*]}" start >/dev/null ||
    { cat "$folder/log" >&2; exit 1; }
cd "$OLDPWD"
LINLI_TEST_POSTGRES="postgres://linli@127.0.0.1:$port/postgres" "$@"
