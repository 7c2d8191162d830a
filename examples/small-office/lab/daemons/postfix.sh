# A copy of Debian's own master.cf, without chroot: its jail is filled by the init script only.
mkdir -p /run/postfix /var/spool/postfix /var/lib/postfix
chown postfix /var/lib/postfix
awk '/^[a-z]/ && NF >= 8 { $5 = "n" } { print }' /usr/share/postfix/master.cf.dist >/run/postfix/master.cf
cp /usr/share/postfix/main.cf.dist /run/postfix/main.cf.dist 2>/dev/null || true
cat >/run/postfix/main.cf <<CONF
compatibility_level = 3.6
myhostname = $FQDN
mydomain = office.example
myorigin = office.example
mydestination = \$myhostname, office.example, localhost
mynetworks = 127.0.0.0/8 10.20.0.0/16
inet_interfaces = all
inet_protocols = all
smtpd_banner = \$myhostname ESMTP \$mail_name
alias_maps =
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
maillog_file = /var/log/mail.log
CONF
exec postfix -c /run/postfix start-fg
