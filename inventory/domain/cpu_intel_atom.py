"""Launch years of Intel Atom, Quark and plain "Intel Processor" by name (see cpu_rows for how a row is read).

Years are those of the launch quarters on Intel's product pages.
"""

from __future__ import annotations

from inventory.domain.cpu_rows import BrandRule

INTEL_ATOM: tuple[BrandRule, ...] = (
    # "Intel N100", "Intel Processor U300", "Intel 300": since 2023 without a brand
    BrandRule(r"(?:intel |^)n(?:50|9[57]|100|200|300|305)", 2023, 2023),
    BrandRule(r"(?:intel |^)n(?:[12]50|35[05])", 2025, 2025),
    BrandRule(r"intel u300", 2023, 2023),
    BrandRule(r"intel 3[01]0", 2024, 2024),
    # Servers and network: C, P, S
    BrandRule(r"atom c5\d{3}", 2022, 2022),
    BrandRule(r"atom p5\d{3}", 2020, 2021),
    BrandRule(r"atom c3(?:\d{3}r|436l)", 2020, 2020),
    BrandRule(r"atom c3\d{3}", 2017, 2018),
    BrandRule(r"atom c2[35](?:08|16)", 2013, 2015, 2014),
    BrandRule(r"atom c2\d{3}", 2013, 2013),
    BrandRule(r"atom s12\d9", 2013, 2013),
    BrandRule(r"atom s12\d\d", 2012, 2012),
    # Embedded: E, A, x6, x7
    BrandRule(r"atom x7\d{3}(?:c|re)", 2024, 2024),
    BrandRule(r"atom x7\d{3}", 2023, 2023),
    BrandRule(r"atom x6\d{3}", 2021, 2021),
    BrandRule(r"atom (?:x[57]-)?[ea]39\d\d", 2016, 2016),
    BrandRule(r"atom (?:x5-e8000|e8000|t5[57]00)", 2016, 2016),
    BrandRule(r"atom e3805", 2014, 2014),
    BrandRule(r"atom e38\d\d", 2013, 2013),
    BrandRule(r"atom e6\d\d", 2010, 2010),
    # Tablets and telephones: Z, x3
    BrandRule(r"atom x3-c3\d{3}", 2015, 2015),
    BrandRule(r"atom (?:x[57]-)?z8(?:330|350|550|750)", 2016, 2016),
    BrandRule(r"atom (?:x[57]-)?z8\d{3}", 2015, 2015),
    BrandRule(r"atom z3(?:680|740|770)", 2013, 2013),
    BrandRule(r"atom z3\d{3}", 2014, 2014),
    BrandRule(r"atom z2(?:420|5\d\d)", 2013, 2013),
    BrandRule(r"atom z2\d{3}", 2012, 2012),
    BrandRule(r"atom z6[57]0", 2011, 2011),
    BrandRule(r"atom z6\d\d", 2010, 2010),
    BrandRule(r"atom z560", 2010, 2010),
    BrandRule(r"atom z5(?:15|50|\d0pt?)", 2009, 2009),
    BrandRule(r"atom z5\d\d", 2008, 2008),
    # Netbooks and small desktops: N, D
    BrandRule(r"atom d25[56]0", 2012, 2012),
    BrandRule(r"atom [dn]2\d{3}", 2011, 2011),
    BrandRule(r"atom n(?:435|570)", 2011, 2011),
    BrandRule(r"atom [dn][45]\d\d", 2010, 2010),
    BrandRule(r"atom n280", 2009, 2009),
    BrandRule(r"atom (?:n2\d\d|[23]30)", 2008, 2008),
    BrandRule(r"atom ce4\d{3}", 2009, 2010),
    BrandRule(r"atom ce53\d\d", 2012, 2012),
    BrandRule(r"intel a1[01]0", 2007, 2007),
    BrandRule(r"(?:intel )?ep80579", 2008, 2008),
    BrandRule(r"quark (?:soc )?x1000", 2013, 2013),
    BrandRule(r"quark (?:soc )?x1\d{3}", 2014, 2014),
    BrandRule(r"quark (?:se )?[dc][12]\d{3}", 2015, 2015),
)
