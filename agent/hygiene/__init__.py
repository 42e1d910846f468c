"""The steps of the hygiene probe (agent/probes/hygiene.py): each looks for one sort of bad habit on the own LAN and may
fail without costing the others. Run in a child process.

place      which network: wired or wireless, with this PC's way out in it; nothing of VPN, mobile or virtual interfaces
dhcp       one question to all DHCP servers, a few times a day at most (ledger.py keeps count)
hops       the first routers on the way to the Internet
names      what the name servers say of names that exist and of one that does not
doors      three management doors of the gateway, no others
upnp       how the gateway introduces itself
clashes    two cards with one address
ipv6       whether something on the Internet answers over IPv6

What only Windows or only Linux can do stands in <step>_<os>.py. Bytes of strangers are read by *_codec.py and web.py,
which believe nothing and never raise.
"""
