# Two real programs make a network printer: raw jobs on 9100, IPP Everywhere on 631.
# The second will not start where it cannot announce itself, so Avahi is there as well.
mkdir -p /run/jobs /run/lock/p910nd /run/dbus
dbus-daemon --system --nofork --nopidfile &
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
avahi-daemon --no-drop-root --no-chroot --no-rlimits -f /dev/null &
until [ -S /run/avahi-daemon/socket ]; do sleep 0.1; done
p910nd -d -f /run/jobs/raw 0 &
exec ippeveprinter -p 631 -n "$FQDN" -d /run/jobs -s 24,6 "${FQDN%%.*}"
