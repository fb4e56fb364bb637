#!/usr/bin/env bash
# Installs the Debian packages into a bare Debian without Rust, as a user would, builds programs there and runs them
# against the packaged emulator, and removes the packages again. Lintian reads them meanwhile.
#
#     tests/packages/deb.sh FOLDER
#
# FOLDER has the packages that `make deb` made. Needs root, for chroot, and debootstrap, lintian and the apt mirror of
# this machine; what was downloaded stays below target/, and is used again, without the network.
#
# shellcheck disable=SC2016 # What stands in single quotes is for apt, or for the shell in the bare Debian.
set -euo pipefail

# What is mounted here goes with the process, however it ends. Where that is not allowed nothing can be mounted either.
if [ -z "${OWN_MOUNTS:-}" ] && unshare --mount true 2>/dev/null; then
    OWN_MOUNTS=yes exec unshare --mount "$0" "$@"
fi
cd "$(dirname "$0")/../.."

packages=$(realpath "$1")
root=$PWD
. tests/packages/sentences.sh
include=ca-certificates,cmake,gcc,libc6-dev,make,pkg-config
lintian=

undo() {
    [ -z "$lintian" ] || { kill "$lintian" && wait "$lintian"; } 2>/dev/null || true
    awk -v below="$chroot" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r -n 1 umount --lazy
    rm -rf --one-file-system "$chroot" "$chroot.lintian"
}

need() {
    [ "$(id -u)" = 0 ] || refuse "this needs root: it installs into a Debian of its own by chroot"
    for tool in debootstrap lintian apt-get; do
        command -v $tool >/dev/null || refuse "there is no $tool; apt install debootstrap lintian, on Debian"
    done
}

# The packages are for the release of Debian that they were built on.
release() {
    (. /etc/os-release && echo "$VERSION_CODENAME")
}

mirror() {
    apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Identifier: Packages' 'Component: main' |
        awk -v release="$1" '$1 == release { print $2; exit }'
}

# bootstrap DEBIAN MIRROR: makes the bare Debian, of packages that are downloaded once.
bootstrap() {
    local debian=$1 mirror=$2 kept=$root/target/debian-$1-${include//,/-}.tgz
    if [ ! -f "$kept" ]; then
        debootstrap --variant=minbase --include="$include" --make-tarball="$kept.part.tgz" \
            "$debian" "$chroot/download" "$mirror" || return
        mv "$kept.part.tgz" "$kept"
    fi
    # What is thrown away need not reach the disk.
    install -d "$chroot/root/etc/dpkg/dpkg.cfg.d"
    echo force-unsafe-io >"$chroot/root/etc/dpkg/dpkg.cfg.d/thrown-away"
    debootstrap --variant=minbase --include="$include" --unpack-tarball="$kept" "$debian" "$chroot/root" "$mirror"
}

# In the bare Debian, as root or (as_user) as nobody in particular, with nothing of this environment.
as_root() {
    chroot "$chroot/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive sh -euc "$1"
}

as_user() {
    chroot --userspec=65534:65534 "$chroot/root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/home/user LC_ALL=C.UTF-8 \
        sh -euc "cd /home/user; $1"
}

# Every file but what apt and dpkg keep for themselves, ld.so's cache among them by its words.
listing() {
    as_root 'find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /home -o -path /debs -o -path /tmp \
        -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log \) -prune -o -print | sort
        ldconfig -p | sort'
}

need
mkdir -p target
chroot=$(mktemp -d -p "$root/target" debian.XXXXXX)
trap undo EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
# In memory it takes half the time; where nothing may be mounted it is on the disk.
mount -t tmpfs -o size=2g debian "$chroot" 2>/dev/null || echo "(the bare Debian is on the disk: no tmpfs may be mounted)"
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
lintian --fail-on error,warning --tag-display-limit 0 --allow-root "$packages"/*.changes >"$chroot.lintian" 2>&1 &
lintian=$!
debian=$(release)
mirror=$(mirror "$debian")
[ -n "$mirror" ] || refuse "apt's sources name no mirror of $debian"
eval "$(apt-config shell http_proxy Acquire::http::Proxy)" && export http_proxy
bootstrap "$debian" "$mirror" >"$chroot/log" 2>&1 || { tail -n 20 "$chroot/log"; refuse "debootstrap makes a bare Debian"; }
mkdir "$chroot/root/debs"
install -d -o 65534 -g 65534 "$chroot/root/home/user"
cp "$packages"/*.deb "$chroot/root/debs"
cp examples/c/emulated_test.c "$chroot/root/home/user/prog.c"
cp tests/packages/find_package.cmake "$chroot/root/home/user/CMakeLists.txt"
listing >"$chroot/before"
as_root '! command -v rustc && ! command -v cargo' >/dev/null || refuse "there is no Rust in the bare Debian"

as_root 'cd /debs && apt install -y ./libmillicast-tokens0_*.deb ./libmillicast-tokens-dev_*.deb \
    ./millicast-tokens-tools_*.deb' >"$chroot/log" 2>&1 || { cat "$chroot/log"; refuse "apt installs the packages"; }
as_root '! command -v rustc && ! command -v cargo' >/dev/null || refuse "the packages bring no Rust"
ok "apt installs the packages in a Debian without Rust"

changed=$(as_root 'dpkg -V libmillicast-tokens0 libmillicast-tokens-dev millicast-tokens-tools')
[ -z "$changed" ] || refuse "every file is as it was packed: $changed"
as_root "test -f /usr/lib/$triplet/libmillicast_tokens.so.0 && test ! -e /usr/lib/libmillicast_tokens.so.0" ||
    refuse "the library is in the folder of its architecture"
[ "$(as_root 'pkg-config --variable=libdir millicast_tokens')" = "/usr/lib/$triplet" ] ||
    refuse "pkg-config names the folder of the architecture"
as_root 'ldconfig -p | grep -q "libmillicast_tokens\.so\.0 "' || refuse "the loader knows the library"
ok "every file is as it was packed, in the folder of its architecture, and the loader knows the library"

version=$(as_root 'pkg-config --modversion millicast_tokens')
[ "$(as_root 'dpkg-query --control-show libmillicast-tokens0 shlibs')" \
    = "libmillicast_tokens 0 libmillicast-tokens0 (>= ${version//-/\~})" ] ||
    refuse "a package of a program that links the library depends on this version"
as_root 'test -s /usr/share/man/man1/millicast-emulator.1.gz && test -s /usr/share/man/man3/millicast_tokens.3.gz
    zcat /usr/share/doc/libmillicast-tokens0/third-party-notices.gz | grep -q "^ring "
    test -s /usr/share/doc/libmillicast-tokens0/copyright' || refuse "manual pages and notices are there"
ok "dependents get a Depends, and the manual pages and the notices are there"

as_user 'cc prog.c $(pkg-config --cflags --libs millicast_tokens) -o shared
    readelf -d shared | grep -q "NEEDED.*libmillicast_tokens\.so\.0\]"
    ./shared' || refuse "a program that pkg-config built runs against the packaged emulator"
ok "a program that pkg-config built runs against the packaged emulator, without LD_LIBRARY_PATH"

as_user 'cc prog.c $(pkg-config --static --cflags --libs millicast_tokens) -o private
    ./private
    cc prog.c $(pkg-config --cflags millicast_tokens) -Wl,-Bstatic -lmillicast_tokens -Wl,-Bdynamic \
        $(pkg-config --static --libs millicast_tokens | sed s/-lmillicast_tokens//) -o static
    readelf -d static >dynamic
    if grep libmillicast_tokens dynamic; then exit 1; fi
    ./static' || refuse "a program with the static library runs"
ok "so does one with the static library, by what pkg-config --static says"

as_user 'cmake -S . -B cmake && cmake --build cmake' >"$chroot/log" 2>&1 ||
    { cat "$chroot/log"; refuse "find_package(millicast_tokens) finds the package"; }
as_user 'cmake/prog' || refuse "a program that CMake built runs"
ok "so does one that CMake built, by find_package(millicast_tokens)"

as_root 'apt remove -y libmillicast-tokens0 libmillicast-tokens-dev millicast-tokens-tools' >"$chroot/log" 2>&1 ||
    { cat "$chroot/log"; refuse "apt removes the packages"; }
listing | diff "$chroot/before" - || refuse "removing leaves nothing"
[ -z "$(as_root "dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\n' | grep millicast | grep -v '^un ' || true")" ] ||
    refuse "there is nothing left to purge"
ok "removing the packages leaves nothing, and nothing to purge"

wait "$lintian" || { cat "$chroot.lintian"; refuse "lintian finds nothing wrong"; }
lintian=
ok "lintian finds no error and no warning"
echo "$passed passed, 0 failed"
