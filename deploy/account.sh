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
    # What is started may outlive deploy/up, whose turn ends with it.
    [ -z "${turn:-}" ] || exec {turn}>&-
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

# Runs a command as the account like that, but with the input and output of this shell: what is a terminal goes through
# processes of root's, because with a descriptor of it any process of the account could read what root types next.
run_apart() {
    [ "$EUID" = 0 ] || exec "$@"
    local number both from into job status again reader='' writers=() ends=(0 1 2)
    # The command cannot see that by itself any more.
    export BODEGA_TERMINAL=
    for number in 0 1 2; do
        [ -t $number ] || continue
        BODEGA_TERMINAL+=$number
        exec {both}<> <(:)
        exec {from}<"/proc/self/fd/$both" {into}>"/proc/self/fd/$both" {both}>&-
        if [ $number = 0 ]; then
            # In the background it gets an error instead of stopping everything.
            (trap '' TTIN && alone exec cat) <&0 >&"$into" 2>/dev/null &
            reader=$! ends[0]=$from
            exec {into}>&-
        else
            alone exec cat <&"$from" >&$number &
            writers+=($!) ends[number]=$into
            exec {from}<&-
        fi
    done
    alone become_account setsid -w "$@" <&"${ends[0]}" >&"${ends[1]}" 2>&"${ends[2]}" &
    job=$!
    for number in "${ends[@]}"; do [ "$number" -le 2 ] || exec {number}>&-; done
    trap 'again=yes; kill -TERM "$job" 2>/dev/null' INT TERM HUP
    again=yes
    while [ $again = yes ]; do
        again=no status=0
        wait "$job" || status=$?
    done
    [ -z "$reader" ] || kill -PIPE "$reader" 2>/dev/null
    [ ${#writers[@]} = 0 ] || wait "${writers[@]}"
    exit $status
}

# Goes on as a command with the standard descriptors only.
alone() {
    local number
    for number in /proc/self/fd/*; do
        number=${number##*/}
        [ "$number" -le 2 ] || exec {number}>&-
    done
    "$@"
}

# is_safe_from WHOM PATH… tells whether nobody but root ("others"), or at least not the account ("bodega"), can change
# what the absolute paths lead to: the thing, or a folder or link on the way. Root looks by itself, from the top, since
# what runs as the account the account can end or hold up. Whatever cannot be found out is not safe; 'unsafe' names it.
is_safe_from() {
    local whom=$1 account groups path rest at name target hops=0 shared
    shift
    unsafe=${1:-}
    account=$(id -u bodega) && groups=" $(id -G bodega) " && [ -n "$account" ] && [ $# -gt 0 ] || return 1
    for path in "$@"; do
        unsafe=$path rest=$path at=''
        case $path in /*) ;; *) return 1 ;; esac
        while look_at "${at:-/}" && [ -n "$rest" ]; do
            name=${rest%%/*}
            case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
            case $name in '' | .) continue ;; ..) at=${at%/*} && continue ;; esac
            if [ -L "$at/$name" ]; then
                hops=$((hops + 1)) unsafe=$at/$name
                # Where others can add names, somebody may have put a link of root's.
                [ $hops -le 40 ] && [ $shared = no ] && look_at "$at/$name" link &&
                    target=$(readlink -- "$at/$name") && [ -n "$target" ] || return 1
                rest=$target/$rest
                case $target in /*) at='' ;; esac
            elif [ -e "$at/$name" ]; then
                at=$at/$name
            else
                # Root makes the rest.
                unsafe=$at/$name
                case $shared/$rest/ in yes/* | */../*) return 1 ;; esac
                break
            fi
        done
        [ "$shared" = no ] || return 1
    done
}

# A step of is_safe_from. In a folder with the sticky bit everybody can add names ("shared"), but change only their own.
look_at() {
    local found mode='' uid='' gid=''
    unsafe=$1 shared=unknown
    found=$(LC_ALL=C ls -ldn -- "$1" 2>/dev/null) || return 1
    read -r mode _ uid gid _ <<<"$found" || return 1
    case $uid$gid in '' | *[!0-9]*) return 1 ;; esac
    [ "$uid" = 0 ] || [ "$whom" = bodega ] && [ "$uid" != "$account" ] || return 1
    case $mode in l*) [ "${2:-}" = link ] && shared=no && return ;; esac
    case $whom:$mode in
        # Of a group that others are in, or with a list of more who may.
        *:????????w* | others:?????w* | bodega:?????w*+) shared=yes ;;
        *:?????w*) case $groups in *" $gid "*) shared=yes ;; *) shared=no ;; esac ;;
        *) shared=no ;;
    esac
    case $shared$mode in no* | yesd????????[tT]*) ;; *) return 1 ;; esac
}

# holds_none FOLDER TESTS… tells whether find finds nothing there; not when it could not look everywhere.
holds_none() {
    local found
    found=$(find "$@" -print -quit) && [ -z "$found" ]
}

# Whether all in a folder is root's, and nobody else can write it.
is_all_roots() { holds_none "$1" \( ! -user root -o -perm /022 ! -type l \); }

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
    local path not_roots
    id bodega >/dev/null 2>&1 || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin bodega ||
        fail "The user bodega cannot be made."
    install -d -o bodega -g bodega -m 700 /run/bodega
    # What is the account's already is left to it.
    [ "$(stat -L -c %U -- "$data" 2>/dev/null)" != bodega ] || return 0
    as_account mkdir -p -m 750 -- "$data" 2>/dev/null || true
    [ "$(stat -L -c %U -- "$data" 2>/dev/null)" != bodega ] || return 0
    # Given to it is only what is root's, in folders of root's: nobody puts anything else there meanwhile.
    path=$(realpath -m -- "$data") && [ -n "$path" ] || fail "The data folder $data cannot be found."
    not_roots="The data folder $data, or something in it, is not root's alone. If you trust all of it, run:\
 chown -RhP bodega:bodega '$path'"
    if ! is_safe_from others "$data"; then
        [ "$unsafe" != "$path" ] || [ ! -d "$path" ] || fail "$not_roots"
        fail "The data folder $data is not bodega's, and others than root can change $unsafe; choose a folder that\
 stands in one of root's, for example /var/lib/bodega."
    fi
    (umask 022 && mkdir -p -- "$path") || fail "The data folder $data cannot be made."
    is_safe_from others "$path" && is_all_roots "$path" || fail "$not_roots"
    chown -RhP --from=0 bodega:bodega -- "$path" || fail "The data folder $data cannot be given to bodega."
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
            '    before=$word' 'done' 'case ${1:-} in serve) binding=yes ;; esac'
        declare -f become_account run_apart alone
        printf 'run_apart %q "$@"\n' "$bin/bodega"
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
