# The operational mode of the VyOS-like device: `show` and `set terminal`, beside every Unix command,
# as VyOS' own vbash has it. Layouts are those of the seed's VyOS 1.1.1.

show() {
    case "$*" in
        version) _show_version ;;
        bridge) _show_bridge ;;
        "interfaces vxlan") _show_vxlan ;;
        "interfaces vxlan detail") _show_vxlan_detail ;;
        *) printf '\n  Invalid command: show [%s]\n\n' "$*" ;;
    esac
}

set() {
    case "$1 $2" in
        "terminal width" | "terminal length") return 0 ;;
        *) builtin set "$@" ;;
    esac
}

_vxlans() {
    ip -o link show type vxlan | while IFS=': ' read -r _ name _; do echo "$name"; done
}

_show_version() {
    cat << END
Version:      VyOS 1.1.1
Description:  VyOS 1.1.1 (helium)
Copyright:    2014 VyOS maintainers and contributors
Built by:     maintainers@vyos.net
Built on:     Sun Dec  7 21:41:28 UTC 2014
Build ID:     1412072141-129950d
System type:  x86 64-bit
Boot via:     disk
Hypervisor:   VirtualBox
HW model:     VirtualBox
HW S/N:       0
HW UUID:      EF4B6725-D02A-47D3-8194-BFADF71F9987
Uptime:      $(uptime)

END
}

_show_bridge() {
    local row='%-15s\t%-23s\t%-15s\t%s\n' bridge name id stp port
    printf "${row//\\t/ }" 'bridge name' 'bridge id' 'STP enabled' 'interfaces'
    for bridge in /sys/class/net/*/bridge; do
        name=$(basename "${bridge%/bridge}") id=$(cat "$bridge/bridge_id")
        stp=no; [ "$(cat "$bridge/stp_state")" = 0 ] || stp=yes
        for port in $(ls "${bridge%/bridge}/brif"); do
            printf "${row//\\t/ }" "$name" "$id" "$stp" "$port"
            name='' id='' stp=''
        done
        [ -z "$name" ] || printf "${row//\\t/ }" "$name" "$id" "$stp" ''
    done
}

_show_vxlan() {
    local name state description
    echo 'Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down'
    printf '%-16s %-33s %-4s %s\n' Interface 'IP Address' S/L Description --------- ---------- --- -----------
    for name in $(_vxlans); do
        state=A/D
        ip -o link show dev "$name" up | grep -q . && state=u/u
        description=$(cat "/sys/class/net/$name/ifalias")
        printf '%-16s %-33s %-4s %s\n' "$name" - "$state" "$description" | sed 's/ *$//'
    done
}

_show_vxlan_detail() {
    local name row='    %10s %10s %10s %10s %10s %10s\n'
    for name in $(_vxlans); do
        ip addr show dev "$name" | sed -e '1s/^[0-9]*: //' -e '1s/ qlen [0-9]*$//' -e 's/ proto kernel_ll *$//' \
            -e 's/ *$//'
        echo
        echo '    RX:  bytes    packets     errors    dropped    overrun      mcast'
        _statistics "$name" rx_bytes rx_packets rx_errors rx_dropped rx_over_errors multicast
        echo '    TX:  bytes    packets     errors    dropped    carrier collisions'
        _statistics "$name" tx_bytes tx_packets tx_errors tx_dropped tx_carrier_errors collisions
    done
}

_statistics() {
    local name=$1 counter
    shift
    for counter in "$@"; do cat "/sys/class/net/$name/statistics/$counter"; done |
        xargs printf '    %10s %10s %10s %10s %10s %10s\n'
}
