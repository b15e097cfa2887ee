# 4.4: who reads slowly has an overlay node fetch what he never takes, and the node's haste loads the service. Defence: an edge that fetches no
# more than it may hold. Without it, nginx in its place, with its buffers as they are by default.
serve 80
bytes=4000000
clients=10
head -c $bytes /dev/zero >"$work/site/big"
ring <<RULES
protects = "$web"
[[rule]]
name = "nodes"
do = "allow"
from = [$edge_addresses]
RULES
if [ "$defence" = on ]; then
    begin edge-1 "$schiltron" edge --metrics off --listen 0.0.0.0:8080 --to "$web:80"
else
    mkdir "$work/proxy"
    cat >"$work/proxy/nginx.conf" <<NGINX
daemon off; master_process off; user root; pid $work/proxy/pid; error_log stderr; events { }
http { access_log off; client_body_temp_path $work/proxy/b; proxy_temp_path $work/proxy/p; fastcgi_temp_path $work/proxy/f;
uwsgi_temp_path $work/proxy/u; scgi_temp_path $work/proxy/s; server { listen 8080; location / { proxy_pass http://$web; } } }
NGINX
    begin edge-1 nginx -e stderr -c "$work/proxy/nginx.conf"
fi
edge=$(address edge-1)
tries=200
until on attacker curl -s -o /dev/null --max-time 2 "http://$edge:8080/" || [ $tries = 0 ]; do
    tries=$((tries - 1))
    sleep 0.2
done
[ $tries != 0 ] || fail "the overlay node does not serve"
sent() {
    on web cat /sys/class/net/tun0/statistics/tx_bytes
}
before=$(sent)
window=$(on attacker sysctl -n net.ipv4.tcp_rmem)
undo() { on attacker sysctl -q -w net.ipv4.tcp_rmem="$window"; }
on attacker sysctl -q -w net.ipv4.tcp_rmem="4096 4096 4096" # as small a window as may be
readers=
for client in $(seq $clients); do
    # 2,000 bytes a second
    on attacker curl -s -o "$work/got$client" --limit-rate 2k --max-time 10 "http://$edge:8080/big" &
    readers="$readers $!"
done
for pid in $readers; do
    wait "$pid" || true
done
served=$(($(sent) - before))
read=$(cat "$work"/got* | wc -c)
[ "$read" -gt 0 ] && [ $served -ge "$read" ] || fail "nobody has read anything"
ahead=$(((served - read) / clients))
echo "$clients clients read $read of $((clients * bytes)) bytes, the service sent $served"
if [ $ahead -gt 1000000 ]; then outcome "laundered: $ahead bytes a client that he never took"; else outcome "held: at most $ahead bytes a client ahead of him"; fi
