#!/bin/sh
# Installs Bihuan on a machine with systemd: the programme under /opt, its user, folder, settings and units. From the
# archive of `make offline` it fetches nothing; from a source folder (after `make wheel`) it asks the package registry.
#   sudo sh install.sh                  all of it; run again for a newer version, then `bihuan upgrade`
#   sh install.sh --only-programme DIR  the programme alone, into DIR
# PYTHON=… names the Python to use; DESTDIR=… puts all of it under another root, without making a user.
set -eu
umask 022
unset PYTHONDONTWRITEBYTECODE

here=$(cd "$(dirname "$0")" && pwd)
root=${DESTDIR:-}
if [ -d "$here/wheels" ]; then
  from=$here
  # Whatever pip is set to elsewhere: here is everything.
  export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels"
  unset PIP_INDEX_URL PIP_EXTRA_INDEX_URL
  product=$(ls "$here"/wheels/bihuan-*.whl)
else
  from=$(dirname "$here")
  product=$(ls "$from"/dist/bihuan-*.whl) || { echo 'run `make wheel` first' >&2; exit 1; }
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1

suits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; }
python=
for one in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  if suits "$one"; then python=$one; break; fi
done
[ -n "$python" ] || { echo 'Python 3.11 or newer with venv is needed (Debian: python3-venv); name it with PYTHON=…' >&2; exit 1; }

programme() { # into the folder $1
  "$python" -m venv "$1"
  "$1/bin/python" -m pip install --quiet --only-binary :all: --require-hashes -r "$from/runtime.lock" || {
    echo "Not everything is here for $("$python" --version) on this machine: use the Python that the archive is named for (PYTHON=…)." >&2
    exit 1
  }
  "$1/bin/python" -m pip install --quiet --no-deps "$product"
}

if [ "${1:-}" = --only-programme ]; then
  programme "${2:?a folder}"
  "$2/bin/bihuan" --version
  exit
fi
[ "$#" = 0 ] || { echo "usage: install.sh [--only-programme DIR]" >&2; exit 2; }
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then echo 'run it as root' >&2; exit 1; fi

# The one before stays beside it: an upgrade can be undone.
version=$(basename "$product" | cut -d- -f2)
new=/opt/bihuan-$version-$(date +%Y%m%d%H%M%S)
mkdir -p "$root/opt" "$root/etc/systemd/system" "$root/usr/local/bin" "$root/var/lib"
programme "$root$new"
if [ -z "$root" ]; then
  id bihuan > /dev/null 2>&1 || useradd --system --home-dir /var/lib/bihuan --no-create-home --shell /usr/sbin/nologin bihuan
  install -d -o bihuan -g bihuan -m 0700 /var/lib/bihuan
fi
[ -e "$root/etc/bihuan.env" ] || install -m 0600 "$from/deploy/bihuan.env" "$root/etc/bihuan.env"
install -m 0755 "$from/deploy/bihuan" "$root/usr/local/bin/bihuan"
install -m 0644 "$from"/deploy/systemd/bihuan-* "$root/etc/systemd/system/"
before=$(readlink "$root/opt/bihuan" || true)
ln -sfn "$new" "$root/opt/bihuan"
if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

if [ -n "$before" ]; then
  cat << END
Bihuan $version is in /opt/bihuan; $before is the one before. Now:
  systemctl stop bihuan-web bihuan-work && bihuan upgrade && systemctl start bihuan-web bihuan-work
Back, as long as nothing was written: bihuan upgrade --undo && ln -sfn $before /opt/bihuan && bihuan init && bihuan search rebuild
END
else
  cat << END
Bihuan $version is in /opt/bihuan. Now:
  1. the address in /etc/bihuan.env
  2. bihuan setup
  3. systemctl enable --now bihuan-web bihuan-work bihuan-backup.timer bihuan-verify.timer
  4. a proxy with a certificate in front: $from/deploy/nginx.conf or Caddyfile
END
fi
