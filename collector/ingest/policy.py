"""The effective policy of each site, kept in memory while no policy changes; asked for every single report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from agent.wire.exchange import AgentPolicy, ReachTarget, SnmpUser
from inventory.store.engine import Store
from inventory.store.line_class import line_of_site
from inventory.store.policy import AgentPolicyFacts, agent_policy, current_version
from inventory.store.services import targets_of_site

LINE_TTL_S = 600.0  # how old may be what an agent is told of its site's line
TTL_S = 5.0  # a change of policy may take that much longer to reach agents; saves a query per heartbeat


class PolicyBook:
    """Used by the event loop and by the writer thread. What is read twice at once is only read twice."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._fresh_until = -1.0
        self._version = -1
        self._known: dict[int, tuple[AgentPolicyFacts, AgentPolicy]] = {}
        self._line_until: dict[int, float] = {}

    def gap_s(self, site_id: int) -> float:
        """Silence longer than this begins a new contact interval at the site. May ask the store."""
        return self._entry(site_id)[0].contact_gap_s

    async def of_site(self, site_id: int) -> AgentPolicy:
        """The site's policy in the contract's form."""
        now = self._monotonic()
        is_fresh = now < self._fresh_until and now < self._line_until.get(site_id, -1.0)
        known = self._known.get(site_id) if is_fresh else None
        return (known or await asyncio.to_thread(self._entry, site_id))[1]

    def for_site(self, site_id: int) -> AgentPolicy:
        """The same, for who may wait. May ask the store."""
        return self._entry(site_id)[1]

    async def newer(self, site_id: int, version: int, anyway: bool = False) -> AgentPolicy | None:
        """The same, unless the agent already follows it. `anyway`: also then, where it measures its line, of which more
        may be known since."""
        policy = await self.of_site(site_id)
        if policy.version == version and not (anyway and (policy.line_reflector or policy.line_ndt7)):
            return None
        return policy

    def _entry(self, site_id: int) -> tuple[AgentPolicyFacts, AgentPolicy]:
        if self._monotonic() >= self._fresh_until:
            self._fresh_until = self._monotonic() + TTL_S  # before the query: one asks, the others go on
            with self._store.reading() as session:
                version = current_version(session)
            if version != self._version:
                self._version, self._known = version, {}
        known = self._known.get(site_id)
        if known is None or self._monotonic() >= self._line_until.get(site_id, -1.0):
            self._line_until[site_id] = self._monotonic() + LINE_TTL_S
            with self._store.reading() as session:
                facts = agent_policy(session, site_id)
                found = targets_of_site(session, site_id, facts.reach_targets)
                link_class, agents = line_of_site(session, site_id, datetime.now(UTC))
            facts = replace(facts, reach_targets=found)
            told = replace(
                on_the_wire(facts), line_class=link_class, line_agents=agents,
                line_budget_mb=facts.line_budgets_mb.get(link_class, 0),
            )  # fmt: skip
            known = self._known[site_id] = (facts, told)
        return known


def on_the_wire(facts: AgentPolicyFacts) -> AgentPolicy:
    """The policy as agents take it."""
    return AgentPolicy(
        version=facts.version,
        heartbeat_s=facts.heartbeat_s,
        network_s=facts.network_s,
        inventory_s=facts.inventory_s,
        disabled_probes=tuple(facts.disabled_probes),
        reach_targets=tuple(ReachTarget(name, url) for name, url in facts.reach_targets),
        internet_check_url=facts.internet_check_url,
        internet_check_text=facts.internet_check_text,
        government_check=facts.government_check,
        journal_s=facts.journal_s,
        spool_bytes=facts.spool_bytes,
        send_user_name=facts.send_user_name,
        scan_enabled=facts.scan_enabled,
        scan_gap_ms=facts.scan_gap_ms,
        scan_passes=facts.scan_passes,
        scan_sweeps_per_day=facts.scan_sweeps_per_day,
        scan_recheck_s=facts.scan_recheck_s,
        scan_largest_prefix=facts.scan_largest_prefix,
        scan_from=facts.scan_from,
        scan_to=facts.scan_to,
        hygiene_s=facts.hygiene_s,
        dhcp_probes_per_day=facts.dhcp_probes_per_day,
        dns_known_names=facts.dns_known_names,
        snmp_communities=facts.snmp_communities,
        snmp_users=tuple(SnmpUser(*user) for user in facts.snmp_users),
        relay_enabled=facts.relay_enabled,
        relay_port=facts.relay_port,
        relay_hosts=facts.relay_hosts,
        line_reflector=facts.line_reflector,
        line_ndt7=facts.line_ndt7,
        line_stamp_s=facts.line_stamp_s,
        line_stamp_packets=facts.line_stamp_packets,
        line_tests_per_day=facts.line_tests_per_day,
    )
