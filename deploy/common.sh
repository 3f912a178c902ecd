# Shared by the scripts beside it; read with '.', never run.

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# An absolute path, whether or not there is something.
absolute() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s/%s\n' "$PWD" "$1" ;;
    esac
}

am_root() { [ "$EUID" = 0 ]; }

# Field 22 of /proc/PID/stat, counted behind the name, which may hold anything.
start_time() {
    sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# Installs those packages of packages.txt whose first word is among the given ones and that are missing; needs more
# rights only then.
install_packages() {
    kinds=$1 missing='' as_root=''
    for package in $(grep -E "^($kinds) " "$here/packages.txt" | cut -d' ' -f2); do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if ! am_root; then
        command -v sudo >/dev/null || fail "These packages are missing, and there is no sudo to install them:$missing"
        as_root=sudo
    fi
    echo "Installing$missing"
    # Debian starts nginx on installation; ours is started by Bodega.
    policy=/usr/sbin/policy-rc.d
    made_policy=no
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root sh -c "cat >$policy && chmod 755 $policy"
        made_policy=yes
    fi
    ok=yes
    # shellcheck disable=SC2086 # a list of words
    { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing; } >/dev/null || ok=no
    [ "$made_policy" = no ] || $as_root rm -f "$policy"
    [ "$ok" = yes ] || fail "Installing packages failed; apt-get says why above."
    case " $missing " in
        *" nginx-light "*)
            if [ -d /run/systemd/system ]; then
                $as_root systemctl disable --now nginx >/dev/null 2>&1 || true
            fi
            ;;
    esac
}

# The path of the Swift driver: SWIFT, else PATH, else /opt/swift.
find_swift() {
    if [ -n "${SWIFT:-}" ]; then
        printf '%s\n' "$SWIFT"
    elif command -v swift; then
        :
    elif [ -x /opt/swift/usr/bin/swift ]; then
        printf '%s\n' /opt/swift/usr/bin/swift
    else
        fail "There is no Swift toolchain in PATH or /opt/swift; get one from https://www.swift.org/install/linux/."
    fi
}
