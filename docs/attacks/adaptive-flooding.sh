# 4.3: eight ports, one of which passes. The attacker floods half of those left, sees by a client that he has in his pay whether the service
# suffers, and so halves them round by round. Defence: another port after each round (key agility).
keys="8000 8001 8002 8003 8004 8005 8006 8007"
# shellcheck disable=SC2086 # one word a port
serve $keys
key=8005
put_key() {
    ring <<RULES
protects = "$web"
[[rule]]
name = "key"
do = "allow"
protocol = "tcp"
port = $key
RULES
}
put_key

# suffers PORT...: some 6 Mbit/s over these ports, so that each of them has more than the access link carries (2T/N beyond the reserve); does
# the client, who has the key of the moment from his overlay node, notice?
tries=8
long=$(head -c 1200 /dev/zero | tr '\0' x) # a request in packets as long as the flood's: short ones slip into a full queue
suffers() {
    floods=
    for port in "$@"; do
        begin attacker hping3 -q -S -d 960 -p "$port" -i u$((1000 * $#)) -c $((6000 / $#)) "$web"
        floods="$floods $!"
    done
    sleep 0.7 # the queue of the access link fills
    failed=0
    for try in $(seq $tries); do
        on edge-1 curl -s -o /dev/null --max-time 0.3 -H "X: $long" "http://$web:$key/" || failed=$((failed + 1))
    done
    for pid in $floods; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    echo "flooded $*: $failed of $tries requests failed" >&2
    [ $failed -gt 2 ]
}

suffers $key || fail "a flood of the right port does not fill the link"
! suffers 8008 || fail "a flood of a wrong port fills the link"
left=$keys
rounds=0
while [ "${left#* }" != "$left" ]; do
    # shellcheck disable=SC2086
    set -- $left
    half=
    rest=
    for port in $left; do
        if [ $(echo "$half" | wc -w) -lt $(($# / 2)) ]; then half="$half $port"; else rest="$rest $port"; fi
    done
    # shellcheck disable=SC2086
    if suffers $half; then left=${half# }; else left=${rest# }; fi
    rounds=$((rounds + 1))
    if [ "$defence" = on ]; then
        key=$((8000 + (key - 8000 + 3) % 8)) # the attacker does not know the order
        put_key
    fi
done
# What he has found is put to the test with all that he has.
if suffers "$left"; then outcome "the port is $left after $rounds rounds"; else outcome "nothing found"; fi
