# 4.1, figures 6 and 7: as an idle scan, but by the ids of a router behind the ring, where probes in an overlay node's name die or do not.
# That the ring hides hops does not help: the router counts what nobody hears. Defence: the ring hides its ids too.
serve 80
hides='hides = ["hops"]'
[ "$defence" = off ] || hides="hides = [\"hops\", \"ids\"]
interior = \"$inner\""
ring <<RULES
protects = "$web"
$hides
[[rule]]
name = "egress"
do = "allow"
from = "$(address edge-3)"
RULES
probes=40
# A question may be lost.
last_id() {
    id=
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -n "$id" ] || id=$(on attacker hping3 -n -1 -c 1 "$inner" 2>/dev/null | sed -n 's/.* id=\([0-9]*\) .*/\1/p')
    done
    echo "$id"
}
found=
for edge in $edges; do
    before=$(last_id)
    on attacker hping3 -q -S -t 3 -a "$(address "$edge")" -p 80 -c $probes -i u5000 "$web" >/dev/null 2>&1 || true
    after=$(last_id)
    [ -n "$before" ] && [ -n "$after" ] || fail "the router does not answer pings"
    rose=$(((after - before + 65536) % 65536))
    echo "as $edge: $probes probes, id=+$rose at the router"
    # A busy machine loses some, and the router sends others some.
    [ $rose -lt $((probes * 3 / 4)) ] || [ $rose -gt $((probes * 5 / 4)) ] || found="$found $edge"
done
outcome "${found:+the egress is}${found:-nothing found}"
