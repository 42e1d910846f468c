"""Network equipment, and what the asset book says of some PCs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert, select, update

from inventory.sample.equipment import Equipment
from inventory.sample.evidence import SiteEvidence
from inventory.sample.story import Story, all_pcs, all_sites
from inventory.store.tables import Agent, Machine, NetworkDevice, Section, Site

_machine = Machine.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]
_section = Section.__table__  # type: ignore[attr-defined]
_device = NetworkDevice.__table__  # type: ignore[attr-defined]

# model as the hardware section names it -> year of purchase in the asset book
_PURCHASES = {
    "OptiPlex 3010": 2012,
    "OptiPlex Tower 7010": 2024,
    "HP 280 Pro G6 Microtower PC": 2021,
    "Vostro 3671": 2019,
}


def add_devices(connection: Connection, sites: dict[str, Site], seed: int, story: Story, now: datetime) -> int:
    """What scanners have found in these weeks at every site with a network, and what people declared; returns how many."""
    plans = all_sites()
    begin = story.begin + timedelta(days=6)
    rows: list[NetworkDevice] = []
    for key, pcs in all_pcs(seed, story).items():
        plan, site_id = plans[key][1], sites[key].id
        if plan.scenario == "never" or plan.net == "modem":
            continue
        assert site_id is not None
        for item in SiteEvidence(seed, plan, pcs).equipment:
            seen = story.begin + timedelta(days=17) if item.gone else now
            rows.append(_measured(site_id, item, begin, seen))
        if plan.net == "hub":
            rows.append(
                NetworkDevice(
                    site_id=site_id,
                    kind="switch",
                    vendor="TP-Link",
                    model="TL-SF1008D",
                    source="declared",
                    source_class="declared",
                    first_seen_at=begin,
                    last_seen_at=now,
                    sample=True,
                )
            )
    connection.execute(insert(_device), [row.model_dump(exclude={"id"}) for row in rows])
    return len(rows)


def _measured(site_id: int, item: Equipment, begin: datetime, seen: datetime) -> NetworkDevice:
    """As inventory/store/lan_devices.py would have noted it on the day `begin`."""
    told = item.told
    return NetworkDevice(
        site_id=site_id,
        kind=told["type"],
        vendor=told["vendor"],
        model=told["hardware"],
        mac_prefix=item.shown[0],
        mac_hash=item.shown[1],
        first_seen_at=begin,
        last_seen_at=seen,
        ports=told["ports"] or None,
        supplies=told["supplies"] or None,
        sample=True,
        **{name: told[name] for name in ("source", "name", "os", "version", "serial", "location", "battery")},
        **{name: told[name] for name in ("default_community", "pages")},
    )


def declare_machines(connection: Connection, today: date) -> int:
    """Asset tags and purchase dates for PCs of some models: returns how many have a date."""
    query = (
        select(_machine.c.id, _section.c.data)
        .join(_agent, _agent.c.machine_id == _machine.c.id)
        .join(_section, _section.c.agent_id == _agent.c.id)
        .where(_section.c.name == "hardware", _machine.c.sample)
        .order_by(_machine.c.id)
    )
    count = 0
    for number, (machine_id, data) in enumerate(connection.execute(query).all()):
        year = _PURCHASES.get(data["system_model"])
        if year is None or number % 3 == 2:
            continue
        rng = Random(f"asset:{number}")  # noqa: S311 - invented data, not a secret
        bought = date(year, rng.randrange(1, 13), rng.randrange(1, 28))
        values = {
            "asset_tag": f"MAU-{year}-{number + 1:04d}",
            "purchase_date": min(bought, today),
            "purchase_source": "asset_book",
        }
        connection.execute(update(_machine).where(_machine.c.id == machine_id).values(values))
        count += 1
    return count
