# 4.1, figure 5: the egress' address is the key. The attacker asks the service in the name of each overlay node, and sees by the ids of that
# node's packets whether it has heard an answer. Defence: overlay nodes whose ids tell nothing.
serve 80
ring <<RULES
protects = "$web"
[[rule]]
name = "egress"
do = "allow"
from = "$(address edge-3)"
RULES
if [ "$defence" = on ]; then
    for edge in $edges; do
        guard "$edge" <<RULES
name = "node"
protects = "$(address "$edge")"
otherwise = "allow"
hides = "ids"
RULES
    done
fi
found=
for edge in $edges; do
    # It looks at the ids at fixed times: where the machine keeps the lab waiting, it sees nothing.
    for _ in 1 2 3; do
        on attacker nmap -n -Pn -p 80 --max-retries 2 -sI "$(address "$edge"):81" "$web" >"$work/nmap" 2>&1 || true
        ! grep -q -E '^80/tcp *open |ID sequence class is: Randomized' "$work/nmap" || break
    done
    grep -E '^80/tcp|cannot be used|not idle|QUITTING|Even though' "$work/nmap" | cut -c 1-140 | sed "s/^/by $edge: /" || true
    ! grep -q '^80/tcp *open ' "$work/nmap" || found="$found $edge"
    # With the defence nmap has looked at the node, and found nothing to count.
    [ "$defence" = off ] || grep -q 'ID sequence class is: Randomized' "$work/nmap" || fail "nmap says nothing of the ids of $edge"
done
outcome "${found:+the egress is}${found:-nothing found}"
