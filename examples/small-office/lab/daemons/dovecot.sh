mkdir -p /run/dovecot /var/log/dovecot
cat >"$DIR/dovecot.conf" <<CONF
protocols = imap
listen = *, ::
ssl = no
log_path = /dev/stderr
base_dir = /run/dovecot
state_dir = /run/dovecot/state
mail_location = maildir:/run/mail/%u
first_valid_uid = 1
passdb {
  driver = static
  args = nopassword=no password=
}
userdb {
  driver = static
  args = uid=mail gid=mail home=/run/mail/%u
}
CONF
exec dovecot -F -c "$DIR/dovecot.conf"
