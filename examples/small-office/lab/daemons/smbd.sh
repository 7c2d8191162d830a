mkdir -p /run/samba /run/shares /var/log/samba /var/lib/samba/private
cat >"$DIR/smb.conf" <<CONF
[global]
workgroup = OFFICE
server string = File server
log level = 0
logging = file
log file = /var/log/samba/log.smbd
load printers = no
disable spoolss = yes
private dir = /var/lib/samba/private
[shared]
path = /run/shares
read only = yes
CONF
exec smbd --foreground --no-process-group --configfile="$DIR/smb.conf"
