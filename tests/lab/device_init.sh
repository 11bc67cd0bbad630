#!/bin/sh
# The first process of a device: give it its own files, start its daemons, then become sshd.
# Runs in fresh mount, UTS and PID namespaces, so that nothing of the host's is touched.
set -eu
root=$1
name=$2

# The PID as the host counts it; the device's own /proc, mounted next, counts from 1.
read -r pid rest < /proc/self/stat
mount -t proc proc /proc

# A copy of the mounts below /run/netns would keep other labs' namespaces alive. A lazy unmount takes all of them at
# once; one by one (-R) it stumbles over a namespace that another lab removes meanwhile.
umount -l /run/netns
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/log
mkdir /run/sshd

hostname "$name"

# A whole /etc of its own: single files mounted over the host's would vanish when the host replaces them.
for file in nsswitch.conf ld.so.cache profile profile.d bash.bashrc inputrc pam.d security alternatives \
    iproute2 protocols services localtime os-release debian_version mtab environment; do
    if [ -e "/etc/$file" ]; then set -- "$@" "/etc/$file"; fi
done
shift 2
cp -a "$@" "$root/etc"
mount --bind "$root/etc" /etc
mount --bind "$root/home" /home
mount --bind "$root/opt" /opt

. "$root/daemons.sh"
echo "$pid" > "$root/pid"
exec /usr/sbin/sshd -D -f "$root/sshd_config" -E "$root/sshd.log"
