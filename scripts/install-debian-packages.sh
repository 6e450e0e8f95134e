#!/usr/bin/env bash
# Installs what the tests need and no wheel brings: Chromium and a font. Does nothing where they are there already.
set -euo pipefail
missing=()
for pair in chromium:chromium unzip:unzip; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
fc-list 2>/dev/null | grep -qi dejavu || missing+=(fonts-dejavu-core)
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "Please install: ${missing[*]} (this script only knows apt-get)" >&2
    exit 1
fi
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
echo "▸ Debian packages: ${missing[*]}"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
