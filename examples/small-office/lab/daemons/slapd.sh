mkdir -p /run/slapd/data
cat >"$DIR/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /run/slapd/pid
database mdb
suffix "dc=office,dc=example"
rootdn "cn=admin,dc=office,dc=example"
directory /run/slapd/data
CONF
cat >"$DIR/office.ldif" <<LDIF
dn: dc=office,dc=example
objectClass: dcObject
objectClass: organization
dc: office
o: Small Office
LDIF
slapadd -f "$DIR/slapd.conf" -l "$DIR/office.ldif"
exec slapd -d 0 -h 'ldap:///' -f "$DIR/slapd.conf"
