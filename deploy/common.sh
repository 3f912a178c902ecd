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

am_root() { [ "$(id -u)" = 0 ]; }

# Field 22 of /proc/PID/stat, counted behind the name, which may hold anything.
start_time() {
    sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# The pid of the supervisor that runs for the data folder; nothing when none does. A pid that was given to another
# process since has another start time.
running_pid() {
    [ -r "$1/bodega.pid" ] || return 0
    read -r pid start <"$1/bodega.pid" || return 0
    [ -n "$start" ] && [ "$(start_time "$pid")" = "$start" ] || return 0
    case $(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null) in Z*) return 0 ;; esac
    printf '%s\n' "$pid"
}
