mkdir -p /run/vsftpd/empty
cat >"$DIR/vsftpd.conf" <<CONF
listen=NO
listen_ipv6=YES
background=NO
anonymous_enable=NO
local_enable=YES
secure_chroot_dir=/run/vsftpd/empty
seccomp_sandbox=NO
CONF
exec vsftpd "$DIR/vsftpd.conf"
