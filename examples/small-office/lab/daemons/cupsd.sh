# The print server: one queue for each printer, as a small office has it.
mkdir -p /run/cups/root /run/cups/certs /var/cache/cups /var/spool/cups/tmp /var/log/cups
cat >/run/cups/root/cupsd.conf <<CONF
Listen *:631
Browsing Off
WebInterface Yes
DefaultAuthType None
ServerName $FQDN
ServerAlias *
<Location />
  Order allow,deny
  Allow all
</Location>
CONF
cat >/run/cups/root/cups-files.conf <<CONF
ServerRoot /run/cups/root
StateDir /run/cups
CacheDir /var/cache/cups
RequestRoot /var/spool/cups
TempDir /var/spool/cups/tmp
ErrorLog /var/log/cups/error_log
AccessLog /var/log/cups/access_log
PageLog /var/log/cups/page_log
CONF
: >/run/cups/root/printers.conf
for printer in prn-office prn-accounting prn-warehouse; do
    cat >>/run/cups/root/printers.conf <<CONF
<Printer $printer>
Info $printer
DeviceURI socket://$printer.office.example:9100
State Idle
Accepting Yes
Shared Yes
</Printer>
CONF
done
exec cupsd -f -c /run/cups/root/cupsd.conf -s /run/cups/root/cups-files.conf
