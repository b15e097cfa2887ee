# 4.5 and 4.6: one of eight overlay nodes is the attacker's, and what it knows he floods with. Defence: the search turned round. Half of the
# nodes get another key; the key that the flood comes with says in which half he is.
nodes="oslo lima rome cork bern riga kiev baku"
compromised=kiev # known to the attacker
old=8000
# shellcheck disable=SC2046 # one word a port
serve $(seq 8000 8004)
rules() { # PORT...: a rule each, which counts
    echo "name = \"keys\""
    echo "protects = \"$web\""
    for port in "$@"; do
        printf '[[rule]]\nname = "key %s"\ndo = "allow"\nprotocol = "tcp"\nport = %s\n' "$port" "$port"
    done
}
guard web <<RULES
$(rules $old)
RULES
ring_process=${pids##* }
ring <<RULES
protects = "$web"
otherwise = "allow"
RULES
# Packets that came with a key
packets() {
    on web nft list counter inet schiltron_keys "rule_key.$1" | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# The attacker, for 1 s, with the key that his node has now
flood() {
    on attacker hping3 -q -S -d 100 -p "$1" -i u5000 -c 200 "$web" >/dev/null 2>&1 || true
}

# change PORT...: the defender's keys from now on
change() {
    rules "$@" >"$work/web.toml"
    kill -HUP "$ring_process"
    tries=100
    for port in "$@"; do
        until on web nft list counter inet schiltron_keys "rule_key.$port" >/dev/null 2>&1 || [ $tries = 0 ]; do
            tries=$((tries - 1))
            sleep 0.1
        done
    done
}

flood $old
echo "under attack: $(packets $old) packets with the key that all nodes have"
if [ "$defence" = off ]; then
    outcome "flooded with port $old, by any of $(echo "$nodes" | wc -w) nodes"
    return 0 2>/dev/null || exit 0
fi
suspects=$nodes
a=8001
b=8002
while [ "${suspects#* }" != "$suspects" ]; do
    first=
    rest=
    for node in $suspects; do
        if [ $(echo "$first" | wc -w) -lt $(($(echo "$suspects" | wc -w) / 2)) ]; then first="$first $node"; else rest="$rest $node"; fi
    done
    change $a $b # first has a, rest and all who are not suspected any more have b
    case " $first " in *" $compromised "*) stolen=$a ;; *) stolen=$b ;; esac
    flood $stolen
    with_a=$(packets $a)
    with_b=$(packets $b)
    echo "$a to$first: $with_a packets; $b to the others: $with_b packets"
    if [ "$with_a" -gt "$with_b" ]; then suspects=${first# }; else suspects=${rest# }; fi
    a=$((a == 8001 ? 8003 : 8001))
    b=$((b == 8002 ? 8004 : 8002))
done
echo "$suspects gets no key any more"
change $a
flood $stolen
if [ "$(packets $a)" = 0 ]; then outcome "it is $suspects, and its key is worth nothing"; else outcome "flooded"; fi
