cat >"$DIR/snmpd.conf" <<CONF
agentaddress udp:161
rocommunity public 10.20.0.0/16
sysname $FQDN
sysdescr $FQDN
syslocation Small Office
syscontact it@office.example
CONF
mkdir -p /run/snmp
exec env SNMP_PERSISTENT_DIR=/run/snmp snmpd -f -Lo -I -smux -C -c "$DIR/snmpd.conf"
