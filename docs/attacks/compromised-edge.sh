# 4.5 and 4.6: one of eight overlay nodes is the attacker's, and what it knows he floods with. Defence: the search turned round. Half of the
# nodes get another key; the key that the flood comes with says in which half he is.
nodes="oslo lima rome cork bern riga kiev baku"
compromised=kiev # known to the attacker
keys="8000 8001 8002 8003 8004 8005 8006 8007"
# shellcheck disable=SC2086 # one word a port
serve $keys
# The defender counts what has passed the ring, by key.
guard web <<RULES
name = "keys"
protects = "$web"
otherwise = "allow"
$(for port in $keys; do printf '[[rule]]\nname = "key %s"\ndo = "allow"\nprotocol = "tcp"\nport = %s\n' "$port" "$port"; done)
RULES
packets() {
    on web nft list counter inet schiltron_keys "rule_key.$1" | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# put PORT...: the keys from now on
put() {
    ring <<RULES
protects = "$web"
[[rule]]
name = "keys"
do = "allow"
protocol = "tcp"
port = [$(echo "$*" | tr ' ' ,)]
RULES
}

# flood PORT HONEST: the attacker, for 3 s, with the key that his node has; how does a client fare who comes over an honest node, with its key?
tries=4
long=$(head -c 1200 /dev/zero | tr '\0' x) # a request in packets as long as the flood's
flood() {
    begin attacker hping3 -q -S -d 960 -p "$1" -i u1000 -c 3000 "$web"
    hping=$!
    sleep 0.7
    failed=0
    for try in $(seq $tries); do
        on edge-1 curl -s -o /dev/null --max-time 0.3 -H "X: $long" "http://$web:$2/" || failed=$((failed + 1))
    done
    kill "$hping" 2>/dev/null || true
    wait "$hping" 2>/dev/null || true
}

put 8000
still_serves "http://$web:8000/"
flood 8000 8000
echo "a flood with the key that all nodes have: $failed of $tries requests of a client failed"
[ $failed -gt 1 ] || fail "the flood does not fill the link"
if [ "$defence" = off ]; then
    outcome "flooded with port 8000, by any of $(echo "$nodes" | wc -w) nodes"
    return 0
fi
suspects=$nodes
a=8001
rounds=0
while [ "${suspects#* }" != "$suspects" ]; do
    b=$((a + 1))
    first=
    rest=
    for node in $suspects; do
        if [ "$(echo "$first" | wc -w)" -lt $(($(echo "$suspects" | wc -w) / 2)) ]; then first="$first $node"; else rest="$rest $node"; fi
    done
    put $a $b # first has a, rest and all who are not suspected any more have b
    case " $first " in *" $compromised "*) stolen=$a ;; *) stolen=$b ;; esac
    flood $stolen $stolen
    with_a=$(packets $a)
    with_b=$(packets $b)
    echo "$a to$first: $with_a packets; $b to all others: $with_b packets"
    if [ "$with_a" -gt "$with_b" ]; then suspects=${first# }; else suspects=${rest# }; fi
    rounds=$((rounds + 1))
    a=$((a + 2))
done
echo "$suspects gets no key any more, all others get $a"
put $a
before=$(packets $stolen)
flood $stolen $a
echo "a flood with its last key: $failed of $tries requests failed, $(($(packets $stolen) - before)) packets of it passed the ring"
[ $failed -le 1 ] && [ "$(packets $stolen)" = "$before" ] || fail "the flood gets through"
outcome "it is $suspects, after $rounds rounds, and its key is worth nothing"
