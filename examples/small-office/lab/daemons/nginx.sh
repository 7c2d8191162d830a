mkdir -p /run/www /var/log/nginx /run/nginx
echo "<html><head><title>$FQDN</title></head><body>$FQDN</body></html>" >/run/www/index.html
openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/O=Small Office/CN=$FQDN" \
    -addext "subjectAltName=DNS:$FQDN" -keyout /run/nginx/key.pem -out /run/nginx/cert.pem
cat >"$DIR/nginx.conf" <<CONF
pid /run/nginx/pid;
error_log stderr;
worker_processes 1;
events { }
http {
    access_log off;
    client_body_temp_path /run/nginx/body;
    proxy_temp_path /run/nginx/proxy;
    fastcgi_temp_path /run/nginx/fastcgi;
    uwsgi_temp_path /run/nginx/uwsgi;
    scgi_temp_path /run/nginx/scgi;
    server {
        listen 80;
        listen [::]:80;
        listen 443 ssl;
        listen [::]:443 ssl;
        server_name $FQDN;
        ssl_certificate /run/nginx/cert.pem;
        ssl_certificate_key /run/nginx/key.pem;
        root /run/www;
    }
}
CONF
exec nginx -c "$DIR/nginx.conf" -g 'daemon off;'
