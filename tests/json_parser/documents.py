"""A corpus of JSON texts, valid and invalid."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_WEATHER = {
    "city": "Zürich",
    "days": [{"date": "2026-01-05", "high": -3.5, "low": -11, "sky": ["snow", "fog"]}, {"date": None, "high": 1e3}],
    "alerts": [],
    "sources": {},
    "is_final": True,
}

VALID = [
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "-12",
        "3.25",
        "-0.5",
        "1e9",
        "1E-3",
        "2.5e+10",
        "1e999",
        "123456789012345",
    ),
    *(" 1", "1 ", "\t\n\r 1 \n", '""', '" "', '"a"', '"ä€😀"', '"\u2028\u2029\x7f"'),
    *(r'"\"\\\/\b\f\n\r\t"', r'"\u0041\u00e9\u20AC"', r'"\ud83d\ude00"', r'"a\uD83D\uDE00b"', r'"\u0000"'),
    *(
        *(
            r'"\ud800\udc00"',
            r'"\udbff\udfff"',
            r'"\ud83d\udbff"',
            r'"\ud83d\ue000"',
            r'"\ud7ff\udc00"',
            r'"\udc00\udc00"',
        ),
        r'"\ud83d"',
        r'"\ude00"',
        r'"\ud83d\ud83d\ude00"',
        r'"\ud83d\n"',
        r'"\ud83dx"',
        r'"\ude00\ud83d"',
        '"\ud83d"',
        '"\ud83d\ude00"',
    ),
    *(
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[[]]",
        "[{}]",
        "[[],[]]",
        "[[[[[[1]]]]]]",
        "[1,2,3]",
        "[ 1 , 2 ]",
        " [1 ,2 ,[3 ,4]]",
        "[null,true,false]",
    ),
    *(
        '{"a":1}',
        '{ "a" : 1 , "b" : 2 }',
        ' {"a" :12 ,"b" :[1 ,2 ] ,"c" :"d" }',
        '{"":0}',
        '{"a":{"b":{"c":[]}}}',
        r'{"\u0061\n":"x"}',
        '{"a":[1,{"b":"c"}]}',
    ),
    *(
        '{"a":1,"a":2}',
        '{"a":[1],"b":2,"a":{"c":3}}',
        '{"a":{"a":1,"a":[2]},"a":"x"}',
        '{"a":"long","b":1,"a":"other"}',
    ),
    json.dumps(_WEATHER),
    json.dumps(_WEATHER, indent=2, ensure_ascii=False),
    json.dumps(_WEATHER, separators=(",", ":")),
    "[" * 100 + "]" * 100,
    '{"a":' * 60 + "[0]" + "}" * 60,
    json.dumps({"text": "To be, or not to be\n" * 40}),
    json.dumps([{"n": number, "half": number / 2} for number in range(40)]),
    "9" * 4300,
    "0." + "3" * 6000,
]
"""Texts that are JSON."""

WRONG = [
    *(
        "nul",
        "nulll",
        "trua",
        "tx",
        "True",
        "none",
        "x",
        "-",
        "--1",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1.e5",
        "1e",
        "1e+",
        "0x10",
        "1_0",
    ),
    *(
        "1 2",
        "1,",
        "[1}",
        "{]",
        "[1 2]",
        "[1,,2]",
        "[,1]",
        "{,}",
        "{1:2}",
        "{a:1}",
        '{"a" 1}',
        '{"a"::1}',
        '{"a":1 "b":2}',
        '{"a":1]',
    ),
    *(
        '{"a":}',
        '{"a":1,,"b":2}',
        "[]]",
        "{}}",
        "}",
        "]",
        ",",
        ":",
        '"a" "b"',
        "'a'",
        "[1]x",
        "[tru]",
        "[-]",
        "[01]",
        "[1.5.5]",
    ),
    *(
        '"a\nb"',
        '"\x00"',
        '"\x1f"',
        r'"\x41"',
        r'"\u12g4"',
        r'"\a"',
        r'"\u-123"',
        r'"\ud83d\x"',
        '{"a\tb":1}',
        r'{"\q":1}',
    ),
    *(
        "\ufeff1",
        "\u00a01",
        "1\u00a0",
        "\x0b1",
        "// c\n1",
        "1 // c",
        "[1,/**/2]",
        "٣",
        "１",
        "NaN",
        "Infinity",
        "-Infinity",
        "[NaN]",
    ),
    "9" * 4301,
    "[" + "9" * 5000 + "]",
]
"""Texts that are not JSON, whatever may follow."""

TRAILING_COMMA = ["[1,]", '{"a":1,}', "[1, ]"]
"""Not JSON either; the versions of Python do not agree where."""

UNFINISHED = [
    "",
    " ",
    "[",
    "{",
    "[1",
    "[1,",
    '{"a',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '"a',
    r'"\u12',
    '"\\',
    "tr",
    "-",
    "[[1]",
    "1.",
]
"""Texts that are not JSON because they end too soon."""

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@st.composite
def texts(draw: Any) -> str:
    """JSON texts in all ways to write one value: with and without white space and escapes."""
    indent, separators = draw(st.sampled_from([(None, (",", ":")), (None, (", ", ": ")), (1, (",", ": "))]))
    return json.dumps(draw(values), ensure_ascii=draw(st.booleans()), indent=indent, separators=separators)


@st.composite
def cuts(draw: Any, text: str) -> list[str]:
    """The text in fragments; some may be empty."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
