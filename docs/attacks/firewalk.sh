# 4.1, figure 4: packets that die behind the ring tell by the router's answer which of them passed, whatever the service says: it is mute in
# both cases. Defence: the ring hides hops.
port=8443
serve $port
hides='[]'
[ "$defence" = off ] || hides='["hops"]'
ring <<RULES
protects = "$web"
hides = $hides
[[rule]]
name = "key"
do = "allow"
protocol = "tcp"
port = $port
RULES
on web nft -f - <<RULES
table inet mute { chain in { type filter hook prerouting priority -300; ip saddr != { $(echo "$edge_addresses" | tr -d '"') } drop; }; }
RULES
undo() { on web nft delete table inet mute; }
begin attacker tcpdump --immediate-mode -l -n -v -i any 'icmp[0] == 11'
until grep -q listening "$work/log"; do sleep 0.1; done
# The third router is behind the ring.
on attacker hping3 -q -S -t 3 -p ++8440 -c 8 -i u50000 "$web" >"$work/hping" 2>&1 || true
grep -q "^8 packets transmitted" "$work/hping" || fail "no probes were sent"
still_serves "http://$web:$port/"
sleep 5
cp "$work/log" "$work/icmp"
grep -o "ICMP time exceeded.*" "$work/icmp" | sort -u | sed 's/^/heard: /' || true
found=$(sed -n "s/.* > $web\.\([0-9]*\):.*/\1/p" "$work/icmp" | sort -u | paste -sd ' ' -)
outcome "${found:+the port is }${found:-nothing found}"
