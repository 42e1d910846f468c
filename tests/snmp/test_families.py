"""The family files: what is refused and how it is said, which rule wins, what sources say."""

from __future__ import annotations

import string
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp import families
from agent.snmp.answers import Answers
from agent.snmp.families import check, parse
from agent.snmp.family import Family, FamilyError
from agent.snmp.identify import candidates, identify, winner
from agent.snmp.rules import evaluate
from agent.snmp.values import SYS_DESCR, SYS_NAME, SYS_OBJECT


def answers(values: Dict[str, Any], columns: Optional[Dict[str, List[Any]]] = None) -> Answers:
    found = Answers()
    for oid, value in values.items():
        found.put(oid, value)
    for prefix, rows in (columns or {}).items():
        found.put_rows(prefix, [("{}.{}".format(prefix, place), row) for place, row in enumerate(rows, 1)])
    return found


def device(descr: str = "", object_id: str = "", name: str = "", **more: Any) -> Answers:
    return answers({SYS_DESCR: descr.encode(), SYS_OBJECT: object_id, SYS_NAME: name.encode(), **more})


def one(oid: str, value: Any) -> Dict[str, Any]:
    return {oid: value}


def family(*lines: str) -> Family:
    return parse("acme", "[family]\nvendor = Acme\nenterprises = 4711\n" + "\n".join(lines))


WRONG = [
    ("x = 1", "acme.ini"),
    ("[a]\nobjects = 1.3.6", "thiếu mục [family]"),
    ("[family]\nvendor = A\nvendor = B", "vendor"),
    ("[family]\ncolour = red", "[family] colour: không có khóa này"),
    ("[family]\nenterprises = nine", "[family] enterprises: phải là các số"),
    ("[family]\n[a]\ntype = switch", "[a] has: cần ít nhất một trong: objects, descr, has"),
    ("[family]\n[a]\nobjects = 9.x", "[a] objects: «9.x» không phải là OID"),
    ("[family]\n[a]\nobjects = any", "cần thêm descr hoặc has"),
    ("[family]\n[a]\nhas = sysDescr", "[a] has: «sysDescr» phải bắt đầu bằng một OID"),
    ("[family]\n[a]\ndescr = x\ntype = toaster", "không có loại «toaster»; các loại: router"),
    ("[family]\n[a]\ndescr = x\nserial = the label", "[a] serial: không hiểu nguồn «the label»"),
    ("[family]\n[a]\ndescr = x\nserial = entity colour", "sau entity phải là một trong: model"),
    ("[family]\n[a]\ndescr = x\nhardware = map models object", "không có mục [map models]"),
    ("[family]\n[a]\ndescr = x\nserial = join 1.2.3", "ít nhất hai nguồn"),
    ("[family]\n[a]\ndescr = x\nserial = join 1.2.3 + null", "ít nhất hai nguồn"),
    ("[family]\n[a]\ndescr = x\nserial = join 1.2.3 + 1.2.4 => \\1.\\3", "chỉ gọi các nguồn đó"),
    ("[family]\n[a]\ndescr = x\nserial = self up", "sau self phải là phần nối vào sysObjectID"),
    ("[family]\n[map models]\n1.3 =", "[map models] 1.3: cần đúng một dòng giá trị"),
    ("[family]\n[battery]\nvolts = 1.3.6", "[battery] volts: không có khóa này"),
    ("[family]\n[a]\ndescr = x\nweight = 3", "[a] weight: không có khóa này; chỉ dùng: objects"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_file_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FamilyError) as caught:
        parse("acme", text)

    assert message in str(caught.value)
    assert "acme" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\ndescr = (", "[a]: biểu thức «(» sai"),
        ("[a]\ndescr = x\nserial = 1.3.6 [", "biểu thức «[» sai"),
        ("[a]\nhas = 1.3.6.1 *", "biểu thức «*» sai"),
        ("[a]\ndescr = x\nversion = descr (a) => \\2", "«\\2» có nhóm mà biểu thức không có"),
    ],
)
def test_check_finds_what_loading_leaves_for_later(text: str, message: str) -> None:
    with pytest.raises(FamilyError) as caught:
        check(family(text))

    assert message in str(caught.value)


def test_the_longest_object_wins_then_conditions_then_file_order() -> None:
    known = family(
        "[maker]\ntype = appliance",
        "[first]\nobjects = 1.3.6.1.4.1.4711.1\ntype = router",
        "[second]\nobjects = 1.3.6.1.4.1.4711.1\ntype = switch",
        "[telling]\nobjects = 1.3.6.1.4.1.4711.1\ndescr = ^Tall\nhas = 1.3.6.1.4.1.4711.9.0\ntype = nas",
        "[longest]\nobjects = 1.3.6.1.4.1.4711.1.7\ntype = camera",
    )

    def type_of(found: Answers) -> Optional[str]:
        best = winner(found, candidates(found, (known,)))
        return best[0].name if best else None

    assert type_of(device("x", "1.3.6.1.4.1.4711.3")) == "maker"
    assert type_of(device("x", "1.3.6.1.4.1.4711.1")) == "first"
    assert type_of(device("x", "1.3.6.1.4.1.4711.12")) == "maker", "whole arcs"
    assert type_of(device("Tall one", "1.3.6.1.4.1.4711.1")) == "first", "its object does not answer"
    assert type_of(device("Tall one", "1.3.6.1.4.1.4711.1", **one("1.3.6.1.4.1.4711.9.0", 1))) == "telling"
    assert type_of(device("Tall one", "1.3.6.1.4.1.4711.1.7.2", **one("1.3.6.1.4.1.4711.9.0", 1))) == "longest"
    assert type_of(device("x", "1.3.6.1.4.1.47110.1")) is None


NAS: Dict[str, Any] = {"1.3.6.1.4.1.4711.5.0": b"DS1"}


def test_a_toolkits_object_is_no_evidence_however_long() -> None:
    plain = parse("plain", "[family]\n[linux]\nobjects = 1.3.6.1.4.1.8072.3.2.10\ndescr = ^Linux\ntype = server")
    nas = family("[nas]\nobjects = generic\ndescr = ^Linux\nhas = 1.3.6.1.4.1.4711.5.0\ntype = nas")
    linux = "1.3.6.1.4.1.8072.3.2.10"

    assert identify(device("Linux a", linux, **NAS), (plain, nas)).type == "nas"
    assert identify(device("Linux a", linux), (plain, nas)).type == "server"
    assert identify(device("Linux a", "0.0", **NAS), (plain, nas)).type == "nas"
    assert identify(device("Linux a", "1.3.6.1.4.1.9.1.1", **NAS), (nas,)).type is None


def test_a_fallback_rule_waits_for_all_others() -> None:
    last = parse("a-last", "[family]\n[any]\nobjects = any\ndescr = box\nhas = 1.3.1.0\nfallback = yes\ntype = server")
    first = parse("z-first", "[family]\n[box]\nobjects = any\ndescr = box\ntype = nas")

    assert identify(device("a box", **one("1.3.1.0", 1)), (last, first)).type == "nas"
    assert identify(device("a box", **one("1.3.1.0", 1)), (last,)).type == "server"


def test_conditions_that_must_not_hold() -> None:
    known = family("[a]\nnot-descr = Pro\nnot-has = 1.3.6.1.9.*\n    1.3.5.0 ^2$\ntype = switch")

    def fits(found: Answers) -> bool:
        return winner(found, candidates(found, (known,))) is not None

    assert fits(device("Box", "1.3.6.1.4.1.4711"))
    assert not fits(device("Box pro", "1.3.6.1.4.1.4711"))
    assert not fits(device("Box", "1.3.6.1.4.1.4711", **one("1.3.5.0", 2)))
    assert fits(device("Box", "1.3.6.1.4.1.4711", **one("1.3.5.0", 12)))
    rows = device("Box", "1.3.6.1.4.1.4711")
    rows.put_rows("1.3.6.1.9", [("1.3.6.1.9.1", 1)])
    assert not fits(rows)


SAID = answers(
    {
        SYS_DESCR: b"Acme Box B7\r\nVersion 3.1 build 22",
        SYS_OBJECT: "1.3.6.1.4.1.4711.2.8",
        SYS_NAME: b"box-hn",
        "1.1.1.0": b"N/A",
        "1.1.2.0": b"S1234\x00",
        "1.1.3.0": b"\x00\x1b\xfc\x01\x02\x03",
        "1.1.4.0": 7,
        "1.3.6.1.4.1.4711.2.8.5.0": b"below",
        "1.3.6.1.4.1.4711.2.5.0": b"beside",
        "1.3.6.1.2.1.47.1.1.1.1.13.5": b"B7-CH",
        "1.3.6.1.2.1.43.5.1.1.17.3": b"PR99",
        "1.3.6.1.2.1.25.3.2.1.3.3": b"Acme Print 3",
    },
    {
        "1.1.9": [b"", b"none", b"Row3 v2"],
        "1.3.6.1.2.1.47.1.1.1.1.5": [9, 9, 1, 10, 3],
        "1.3.6.1.2.1.25.3.2.1.2": ["1.3.6.1.2.1.25.3.1.3", "1.3.6.1.2.1.25.3.1.3", "1.3.6.1.2.1.25.3.1.5"],
    },
)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('"A word"', "A word"),
        ("1.1.2.0", "S1234"),
        ("1.1.1.0\n    1.1.2.0", "S1234"),
        ("1.1.1.0", None),
        ("1.1.3.0", None),
        ("1.1.4.0", "7"),
        ("1.1.2.0 \\d+", "1234"),
        ("1.1.2.0 S(\\d)(\\d) => \\2-\\1", "2-1"),
        ("1.1.2.0 X", None),
        ("1.1.9.*", "Row3 v2"),
        ("1.1.9.* v(\\d)", "2"),
        ("descr Version ([\\d.]+) build (\\d+) => \\1.\\2", "3.1.22"),
        ("descr (?:Case (\\w+)|Box (\\w+))", "B7"),
        ("descr acme", "Acme"),
        ("object \\.(\\d+)$", "8"),
        ("sysname -(\\w+)", "hn"),
        ("self 5.0", "below"),
        ("self -1 5.0 ^(\\w)", "b"),
        ("self -2 5.0", None),
        ("self -5 5.0", None),
        ("join 1.1.2.0 + descr Box (\\w+)", "S1234 B7"),
        ("join 1.1.1.0 (0|x) + 1.1.4.0 + 1.1.2.0 S(\\d) => \\2.\\1(\\3)", None),
        ("join 1.1.4.0 + 1.1.2.0 S(\\d) => \\1.\\2(v)", "7.1(v)"),
        ("join 1.1.4.0 + 1.1.3.0", None),
        ("join 1.1.4.0 + 1.1.77.0", None),
        ("join 1.1.9.* v(\\d) + self 5.0", "2 below"),
        ("entity model", "B7-CH"),
        ("entity model -(\\w+)", "CH"),
        ("hr descr ^Acme (.*)", "Print 3"),
        ("printer serial", "PR99"),
        ("map models object", "Big Box"),
        ("map models 1.1.2.0", "Small Box"),
        ("map models descr (B\\d)", "Box seven"),
        ("map models descr (Acme)", None),
        ("null", None),
    ],
)
def test_what_a_source_says(source: str, text: Optional[str]) -> None:
    known = family(
        "[map models]\n1.3.6.1.4.1.4711.2 = Big Box\n1.3.6.1.4.1.4711 = Box\ns1234 = Small Box\nb7 = Box seven",
        "[a]\nhardware = " + source,
    )
    check(known)

    found = evaluate(known.rules[0].fields["hardware"], SAID, known)

    assert (found.text if found else None) == text


def test_family_defaults_and_a_field_that_stays_unknown() -> None:
    known = family("serial = entity serial", "[a]\ntype = switch", "[b]\nobjects = 1.3.6.1.4.1.4711.2\nserial = null")
    chassis: Dict[str, Any] = {"1.3.6.1.2.1.47.1.1.1.1.11.1": b"CH001"}

    def serial(object_id: str) -> Optional[str]:
        found = device("x", object_id, **chassis)
        found.put_rows("1.3.6.1.2.1.47.1.1.1.1.5", [("1.3.6.1.2.1.47.1.1.1.1.5.1", 3)])
        return identify(found, (known,)).serial

    assert serial("1.3.6.1.4.1.4711.1") == "CH001"
    assert serial("1.3.6.1.4.1.4711.2") is None


def test_the_shipped_families_load_once() -> None:
    assert families.load() is families.load()
    assert len({family.name for family in families.load()}) == len(families.load()) > 100


_LINES = st.one_of(
    st.text(alphabet=string.printable + "ă", max_size=30),
    st.sampled_from(
        [
            "[family]", "[a]", "[map m]", "[battery]", "vendor = A", "enterprises = 9", "objects = any", "descr = x(",
            "has = 1.3.6.* y", "type = switch", "serial = map m object", "1.3 = B", "    entity serial", "# x", "percent = 1.2",
        ]
    ),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(_LINES, max_size=12))
def test_any_text_is_a_family_or_a_family_error(lines: List[str]) -> None:
    try:
        found = parse("any", "\n".join(lines))
        check(found)
    except FamilyError as error:
        assert "any" in str(error)  # noqa: PT017
    else:
        identify(SAID, (found,))
