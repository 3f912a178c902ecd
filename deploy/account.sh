# Shared by deploy/up and deploy/down; read with '.', never run.
#
# As root everything runs as the account 'bodega', and root trusts nothing that this account can write: the program
# stands in a folder of root's, the data folder is read and written by the account only, and what comes from there is a
# text that is looked at before it is used, never a number to count with, a path to follow or a process to signal.

# What a terminal gets is written by the account's processes as well; they must not read there what root types.
for stream in 1 2; do
    if [ -t $stream ] && (: >"/proc/self/fd/$stream") 2>/dev/null; then eval "exec $stream>/proc/self/fd/$stream"; fi
done

# Variables that are handed on besides those of become_account.
kept_variables=()

# become_account COMMAND… goes on as that command; as root as the account 'bodega', with none of root's rights, and
# with only the variables that are meant for it. "binding" lets it listen at ports below 1024.
become_account() {
    [ "$EUID" = 0 ] || exec "$@"
    local rights=-all dropped=(-u PWD -u OLDPWD -u SHLVL) entry name
    [ "${binding:-no}" = no ] || rights=-all,+net_bind_service
    # By name, because anybody can read the values on a command line; from here, because the shell itself does not list
    # those whose names it cannot use, and hands them on.
    while IFS= read -r -d '' entry; do
        name=${entry%%=*}
        case " ${kept_variables[*]} " in *" $name "*) continue ;; esac
        case $name in
            BODEGA_HANDOVER | BODEGA_SUPERVISED) ;;
            '' | PATH | TERM | TZ | LANG | LANGUAGE | LC_* | BODEGA_*) continue ;;
        esac
        dropped+=(-u "$name")
    done </proc/self/environ
    exec env "${dropped[@]}" setpriv --reuid=bodega --regid=bodega --init-groups --no-new-privs \
        --inh-caps=$rights --ambient-caps=$rights --bounding-set=$rights "$@"
}

# Runs a command as the account, in a session of its own: into the terminal of its own session a process can type.
as_account() { (become_account setsid -w "$@" </dev/null); }

# All that a path leads through, line by line: every folder and every link, and what these lead through.
way_of() {
    local rest=$1 at='' name target hops=0
    while [ -n "$rest" ] && [ $hops -lt 100 ]; do
        name=${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
        case $name in '' | .) continue ;; ..) at=${at%/*} && continue ;; esac
        printf '%s\n' "$at/$name"
        if [ -L "$at/$name" ]; then
            hops=$((hops + 1))
            target=$(readlink -- "$at/$name")
            rest=$target/$rest
            case $target in /*) at='' ;; esac
        else
            at=$at/$name
        fi
    done
}

# Whether the account can change what one of the absolute paths leads to: the thing, or a folder or link on the way.
account_can_change() {
    local path places=()
    for path in "$@"; do
        # A line break in a path would hide what follows it.
        case $path in *$'\n'*) return 0 ;; esac
        mapfile -t -O ${#places[@]} places < <(way_of "$path")
    done
    # In a folder with the sticky bit everybody can add names, but not change those of others.
    [ -n "$(as_account find "${places[@]}" -maxdepth 0 \
        \( -user bodega -o -writable ! \( -type d -perm -1000 \) \) -print -quit 2>/dev/null)" ]
}

# The folder with the program and its static files, for a data folder: its 'bin', or as root one that only root writes.
program_folder() {
    local path name
    path=$(realpath -m -- "$1")
    if ! am_root; then
        printf '%s\n' "$path/bin"
        return
    fi
    name=${path//[^A-Za-z0-9.]/-}
    printf '%s/%s-%s\n' "$(realpath -m -- "$programs")" "$(printf '%s' "${name#-}" | tail -c 80)" \
        "$(printf '%s' "$path" | sha256sum | cut -c1-8)"
}

# As root: makes the account if it is missing, and the data folder its own.
give_data_folder() {
    local path uid
    id bodega >/dev/null 2>&1 || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin bodega ||
        fail "The user bodega cannot be made."
    install -d -o bodega -g bodega -m 700 /run/bodega
    # What is the account's already is left to it.
    [ "$(stat -L -c %U -- "$data" 2>/dev/null)" != bodega ] || return 0
    as_account mkdir -p -m 750 -- "$data" 2>/dev/null || true
    [ "$(stat -L -c %U -- "$data" 2>/dev/null)" != bodega ] || return 0
    path=$(realpath -m -- "$data")
    ! account_can_change "$data" || fail "The data folder $data is not bodega's, but bodega can change it or a folder\
 above it; choose a folder that stands in one of root's, for example /var/lib/bodega."
    (umask 022 && mkdir -p -- "$path") || fail "The data folder $data cannot be made."
    [ -z "$(find "$path" \( -user bodega -o -perm -o=w ! -type l \) -print -quit)" ] || fail "The data folder $data\
 belongs to $(stat -c %U -- "$path"), and something in it to bodega or to everybody. If you trust all of it, run:\
 chown -RhP bodega:bodega '$path'"
    uid=$(stat -c %u -- "$path")
    chown -RhP --from="$uid" bodega:bodega -- "$path" || fail "The data folder $data cannot be given to bodega."
}

# in_former_bin COMMAND… runs it in the 'bin' of the data folder, where programs stood before: as root when that is
# root's, who made it, else as the account. Whatever the account puts there meanwhile, a folder that one is in stays.
in_former_bin() {
    (
        cd -P -- "$data/bin" 2>/dev/null && [ "$(env pwd -P)" = "$(realpath -m -- "$data")/bin" ] || exit 1
        if [ "$(stat -c %u .)" = 0 ]; then "$@"; else as_account "$@"; fi
    )
}

# What the pid file of the data folder says; nothing when it is not there or is something else.
read_pid_file() { as_account timeout 5 head -c 4096 -- "$data/bodega.pid" 2>/dev/null | tr -d '\0' || true; }

# The pid of the supervisor that runs for the data folder with a program of ours; nothing when none does. The file is
# believed in nothing that the kernel does not confirm: account, start time (a pid may have been given to another
# process since) and program. The caller holds the command line against its own.
running_pid() {
    local pid='' start='' uid status
    read -r pid start < <(read_pid_file) || true
    case $pid in '' | 0* | *[!0-9]* | ??????????*) return 0 ;; esac
    [ -n "$start" ] && [ "$(start_time "$pid")" = "$start" ] || return 0
    if am_root; then uid=$(id -u bodega); else uid=$(id -u); fi
    status=$(cat "/proc/$pid/status" 2>/dev/null) || return 0
    printf '%s\n' "$status" | grep -qx "Uid:	$uid	$uid	$uid	$uid" || return 0
    ! printf '%s\n' "$status" | grep -q '^State:	Z' || return 0
    case $(running_program "$pid") in
        "$bin"/bodega-* | "$(realpath -m -- "$data")"/bin/bodega-*) printf '%s\n' "$pid" ;;
    esac
}

# The file that a process runs, also when another one stands there now.
running_program() {
    local path
    path=$(readlink "/proc/$1/exe" 2>/dev/null) || return 0
    printf '%s\n' "${path% (deleted)}"
}

# Puts the command 'bodega' for root into the folder of programs, and where root looks for commands unless that name is
# taken: it runs the program that was put into place last, as the account.
install_command() {
    local command=$programs/bodega link=/usr/local/bin/bodega
    # shellcheck disable=SC2016 # for the other shell
    {
        printf '%s\n' '#!/bin/bash -p' "# Made by deploy/up. Runs Bodega's program; as root as the user bodega." \
            '[ "$EUID" != 0 ] || export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
            '# A variable whose name stands among the words is meant for the command.' 'before= kept_variables=()' \
            'for word in "$@"; do' \
            '    case $before in --password-env) kept_variables+=("$word") ;; esac' \
            '    case $word in --password-env=*) kept_variables+=("${word#*=}") ;; esac' \
            '    before=$word' 'done' 'binding=yes'
        declare -f become_account
        printf 'become_account %q "$@"\n' "$bin/bodega"
    } >"$command.$$"
    chmod 755 "$command.$$"
    mv -T "$command.$$" "$command"
    [ "$programs" = /usr/local/lib/bodega ] || return 0
    if [ -L "$link" ] && [ "$(readlink "$link")" = "$command" ] || { [ ! -e "$link" ] && [ ! -L "$link" ]; }; then
        ln -sfn "$command" "$link"
    else
        echo "$link is something else; Bodega's command for root is $command."
    fi
}
