#!/usr/bin/env bash
# Unpacks ZIPs with a program that takes one at a time. Arguments: the program
# (unzip, bsdtar or pipe, which is bsdtar that reads from a pipe), the folder of the
# ZIPs, and where each is unpacked to. Prints lines for each that fails.
set -uo pipefail
program=$1 to=$3
export LC_ALL=C.UTF-8
cd "$2" || exit
for zip in *.zip; do
	mkdir "$to/$zip"
	case $program in
	unzip) said=$(unzip -q "$zip" -d "$to/$zip" 2>&1 </dev/null) ;;
	bsdtar) said=$(bsdtar -x -f "$zip" -C "$to/$zip" 2>&1) ;;
	pipe) said=$(cat -- "$zip" | bsdtar -x -f - -C "$to/$zip" 2>&1) ;;
	esac || echo "$zip: $? $said"
done
