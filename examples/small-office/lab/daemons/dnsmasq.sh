# Forward and reverse zone come from one hosts file; addresses are also lent on the servers' network.
touch /run/leases
chown nobody /run/leases
exec dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --user=nobody \
    --no-resolv --no-hosts --addn-hosts="$DIR/../hosts" --domain=office.example \
    --local=/office.example/ --bogus-priv --log-facility=- \
    --dhcp-leasefile=/run/leases --dhcp-range=10.20.10.200,10.20.10.220,1h
