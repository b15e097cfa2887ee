# 4.1: the destination address is the key, one of 250 of the service's. Defence: as against a port scan.
serve 80
first=${web%.*}
key=$first.113
ring <<RULES
protects = "$first.0/24"
[[rule]]
name = "key"
do = "allow"
to = "$key"
RULES
[ "$defence" = off ] || guard web <<RULES
name = "mute"
protects = "$first.0/24"
[[rule]]
do = "allow"
from = [$edge_addresses]
RULES
still_serves "http://$key/"
on attacker nmap -n -Pn -sS -p 80 --min-rate 200 --max-retries 1 "$first.1-250" --open -oG "$work/nmap" | tail -n 1
found=$(sed -n 's/^Host: \([0-9.]*\) .*80\/open.*/\1/p' "$work/nmap")
outcome "${found:+the address is }${found:-nothing found}"
