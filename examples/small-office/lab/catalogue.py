"""The daemons: which Debian package brings each, and the TCP ports it must open.

How a daemon is configured and started is in ``daemons/<name>.sh``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Daemon:
    """One real daemon of the lab."""

    package: str
    program: str
    tcp_ports: tuple[int, ...]


DAEMONS: dict[str, Daemon] = {
    "cupsd": Daemon("cups", "cupsd", (631,)),
    "dnsmasq": Daemon("dnsmasq-base", "dnsmasq", (53,)),
    "dovecot": Daemon("dovecot-imapd", "dovecot", (143,)),
    "lighttpd": Daemon("lighttpd", "lighttpd", (80,)),
    "nginx": Daemon("nginx-light", "nginx", (80, 443)),
    "postfix": Daemon("postfix", "postfix", (25,)),
    "postgres": Daemon("postgresql", "pg_lsclusters", (5432,)),
    "printer": Daemon("p910nd", "p910nd", (631, 9100)),
    "redis": Daemon("redis-server", "redis-server", (6379,)),
    "slapd": Daemon("slapd", "slapd", (389,)),
    "smbd": Daemon("samba", "smbd", (139, 445)),
    "snmpd": Daemon("snmpd", "snmpd", ()),
    "sshd": Daemon("openssh-server", "sshd", (22,)),
    "vsftpd": Daemon("vsftpd", "vsftpd", (21,)),
}

TOOLS: dict[str, str] = {
    "ip": "iproute2",
    "ss": "iproute2",
    "avahi-daemon": "avahi-daemon",
    "dbus-daemon": "dbus",
    "nmap": "nmap",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "openssl": "openssl",
    "ssh-keygen": "openssh-client",
    "ippeveprinter": "cups-ipp-utils",
}
"""Programs the lab itself calls, and the Debian package of each."""
