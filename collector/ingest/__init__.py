"""The agents' door: enrolment and reports. The only room of the collector that reads the wire.

front.py   ASGI in front of the app: takes report uploads without the cost of the web framework
read.py    bytes -> verified arrivals and refusals          group.py   many uploads, one transaction
answer.py  outcomes -> the acknowledgement                  enrol.py   a token buys an identity
master.py  the secret that all agents' keys derive from     policy.py  the policy as agents take it
"""
