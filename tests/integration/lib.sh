# Shared by the integration tests: a scratch folder, services that are stopped by their process id,
# and checks of a pulled image. `pull` runs the fetch driver; a test of `coaming scan` may define
# its own before it calls the checks.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${COAMING_BUILD:-$root/build}
driver=$build/fetch-driver
passed=0
failed=0
pids=
work=

skip() {
        echo "$1"
        exit 77
}

need() {
        for tool; do
                command -v "$tool" >/dev/null || skip "$tool is not installed"
        done
}

# Namespaces of its own: services of the test are seen by nobody else, leave no rules behind, and
# end with the test, whatever they started.
isolate() {
        [ "$(id -u)" = 0 ] || skip "needs root (network and mount namespaces)"
        if [ -z "${COAMING_ISOLATED:-}" ]; then
                unshare -mnp --fork true 2>/dev/null || skip "namespaces are not permitted here"
                COAMING_ISOLATED=1 exec unshare -mnp --fork --kill-child --mount-proc \
                        --propagation private "$0" "$@"
        fi
        ip link set lo up
}

# The folder may be entered by other users: engines map user ids.
scratch() {
        work=$(mktemp -d /tmp/coaming-test-XXXXXX)
        chmod 755 "$work"
        HOME=$work/home
        XDG_RUNTIME_DIR=$work/run
        mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
        export HOME XDG_RUNTIME_DIR
        unset DOCKER_CONFIG DOCKER_HOST CONTAINER_HOST REGISTRY_AUTH_FILE XDG_CONFIG_HOME \
                http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
        trap cleanup EXIT
        trap 'exit 1' INT TERM
}

cleanup() {
        for pid in $pids; do
                kill -TERM "$pid" 2>/dev/null || true
                wait "$pid" 2>/dev/null || true
        done
        grep -o " $work/[^ ]*" /proc/self/mountinfo 2>/dev/null | sort -ru | while read -r m; do
                umount -l "$m" 2>/dev/null || true
        done
        rm -rf "$work"
}

started() {
        pids="$! $pids"
}

# Waits until a command succeeds, at most 20 seconds.
wait_for() {
        i=0
        until "$@" >/dev/null 2>&1; do
                i=$((i + 1))
                [ "$i" -lt 200 ] || {
                        echo "gave up waiting for: $*" >&2
                        tail -n 20 "$work"/*.log >&2 2>/dev/null || true
                        exit 1
                }
                sleep 0.1
        done
}

port_open() {
        python3 -c 'import socket,sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1"
}

# Output in $work/out and $work/err, exit status in $status.
pull() {
        status=0
        "$driver" "$@" >"$work/out" 2>"$work/err" || status=$?
}

ok() {
        passed=$((passed + 1))
        echo "ok: $1"
}

not_ok() {
        failed=$((failed + 1))
        echo "FAILED: $1"
        sed 's/^/    /' "$work/out" "$work/err" | head -40
}

# check NAME STATUS [PATTERN-IN-OUT-OR-ERR]...: judges the last pull.
check() {
        name=$1
        want=$2
        shift 2
        if [ "$status" != "$want" ]; then
                not_ok "$name: exit $status instead of $want"
                return
        fi
        for pattern; do
                if ! grep -q -e "$pattern" "$work/out" "$work/err"; then
                        not_ok "$name: no '$pattern'"
                        return
                fi
        done
        ok "$name"
}

# Every layer line of the driver says the same digest twice: asked for and got.
check_layers() {
        if [ "$(awk '$1 == "layer" && $2 == $8' "$work/out" | wc -l)" = "$2" ]; then
                ok "$1"
        else
                not_ok "$1: layers are not the $2 that were pushed"
        fi
}

finish() {
        echo "$passed passed, $failed failed"
        [ "$failed" = 0 ]
}
