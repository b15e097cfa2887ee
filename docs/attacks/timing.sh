# 4.2: who asks at every overlay node sees which one answers sooner: the one that need not relay. Defence: every node relays, each request to
# another egress.
serve 80
ring <<RULES
protects = "$web"
[[rule]]
name = "nodes"
do = "allow"
from = [$edge_addresses]
RULES
for edge in $edges; do
    echo "$edge $(address "$edge"):4434 $("$schiltron" key new "$work/$edge.key") ingress,egress"
done >"$work/nodes"
services() { # ROUTE
    cat <<SERVICES
[[service]]
name = "shop"
listen = "0.0.0.0:8080"
verify = "http"
$1
[[egress]]
name = "shop"
to = "$web:80"
SERVICES
}
for edge in $edges; do
    route='route = "singly-indirect"'
    if [ "$defence" = off ]; then
        # edge-3 alone is an egress, and sends its own clients' requests itself
        [ $edge = edge-3 ] && route="to = \"$web:80\"" || sed -i "s/^\($edge .*\),egress$/\1/" "$work/nodes"
    fi
    services "$route" >"$work/$edge.toml"
done
for edge in $edges; do
    services=$work/$edge.toml
    grep -q "^$edge .*egress" "$work/nodes" || sed -i '/^\[\[egress/,$d' "$services"
    begin $edge "$schiltron" edge --metrics off --nodes "$work/nodes" --node-key "$work/$edge.key" --services "$services"
done
for edge in $edges; do
    tries=200
    until on attacker curl -s -o /dev/null --max-time 2 "http://$(address "$edge"):8080/" || [ $tries = 0 ]; do
        tries=$((tries - 1))
        sleep 0.2
    done
    [ $tries != 0 ] || fail "$edge does not serve"
done
rounds=15
order=$edges
for round in $(seq $rounds); do # by turns, each first at times: what slows the machine slows all
    order="${order#* } ${order%% *}"
    for edge in $order; do
        on attacker curl -s -o /dev/null -w "$round $edge %{time_starttransfer} %{time_connect}\n" "http://$(address "$edge"):8080/"
    done
done >"$work/asked" || fail "a request failed"
tr , . <"$work/asked" | awk '{ print $1, $2, ($3 - $4) * 1000 }' >"$work/times"
for edge in $edges; do
    sort -k 3 -n "$work/times" | awk -v edge="$edge" '
        $2 == edge { n++; t[n] = $3 }
        END { printf "%s: %.0f ms from request to answer in the median\n", edge, t[int((n + 1) / 2)] }'
done
# Relaying takes a round trip between two nodes, here 8 ms: who need not is first nearly always.
sort -k 1,1n -k 3,3n "$work/times" | awk '$1 != last { last = $1; print $2 }' | sort | uniq -c | sort -rn >"$work/first"
awk '{ print $2 " was the first in " $1 " rounds" }' "$work/first"
found=$(awk -v rounds=$rounds 'NR == 1 && $1 >= rounds * 0.8 { print $2 }' "$work/first")
outcome "${found:+the egress is }${found:-nothing found}"
