"""Looking at the own LAN: who is there, and which devices tell what they are.

The resident process imports `schedule` and `state` only. Everything that sends runs in a child process (`child`) of
low priority: `targets` chooses the network, `doors` opens the best way to ask (`scapy_door`, `sendarp`, `touch`),
`sweep` asks at the polite rate of `pace`, `devices` asks by SNMP what answered.

Rules: own subnets only, at most a /22, passive first, 20 to 40 frames a second, random order, the gateway is watched,
a switch for people at the PC, a record of every scan. Nothing is sent without a lease of the collector.
"""
