mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$DIR/host_key"
exec "$(command -v sshd)" -D -e -f /dev/null -o HostKey="$DIR/host_key" -o PidFile=none
