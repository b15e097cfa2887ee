# 4.1, figure 3: the port is the key, and everybody may try all ports. Defence: a host that is mute without the secondary key, here the
# addresses of its correspondents: no RST, no ICMP, no SYN-ACK for anybody else.
port=8443
serve $port
ring <<RULES
protects = "$web"
[[rule]]
name = "key"
do = "allow"
protocol = "tcp"
port = $port
RULES
[ "$defence" = off ] || guard web <<RULES
name = "mute"
protects = "$web"
[[rule]]
do = "allow"
from = [$edge_addresses]
RULES
still_serves "http://$web:$port/"
on attacker nmap -n -Pn -sS -p 8400-8499 --min-rate 200 --max-retries 6 --host-timeout 60s "$web" | tee "$work/nmap" | grep -E '^[0-9]+/tcp|scanned|host' || true
found=$(sed -n 's/^\([0-9]*\)\/tcp *open .*/\1/p' "$work/nmap")
outcome "${found:+the port is }${found:-nothing found}"
