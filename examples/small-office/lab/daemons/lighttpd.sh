mkdir -p /run/www
echo "<html><head><title>$FQDN</title></head><body>$FQDN</body></html>" >/run/www/index.html
cat >"$DIR/lighttpd.conf" <<CONF
server.document-root = "/run/www"
server.port = 80
server.bind = "0.0.0.0"
index-file.names = ( "index.html" )
\$SERVER["socket"] == "[::]:80" { server.use-ipv6 = "enable" }
CONF
exec lighttpd -D -f "$DIR/lighttpd.conf"
