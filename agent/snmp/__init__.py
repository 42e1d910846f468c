"""What a device on the LAN says of itself by SNMP: maker, kind, model, version, serial number; ports, supplies, battery.

families/*.ini     device families: rules as data, one file each; families/README.md describes them
enterprises.csv    IANA number, maker, type when the maker makes one kind
values, reply, family, target    leaves: texts of values, answers, what a family is, whom to ask
families           reads and checks the family files
answers, rules     what was answered; one rule evaluated on it
identify           pure: answers -> Identity, by the rules, then generic (with shapes of sysDescr) for what is still unknown
ask, collect       which objects are asked, in which order, within bounds, whatever the device's manners
details            ports, printer supplies, UPS battery
session            the only module that imports pysnmp; used by device, which runs in child processes only (child is one)
recording          a device from a text file, for tests
"""
