"""Hold the words of North American street addresses (abbreviations: USPS Publication 28)."""

from typing import Final

DIRECTIONS: Final = {
    "NORTH": "N",
    "SOUTH": "S",
    "EAST": "E",
    "WEST": "W",
    "NORTHEAST": "NE",
    "NORTHWEST": "NW",
    "SOUTHEAST": "SE",
    "SOUTHWEST": "SW",
    **{d: d for d in ("N", "S", "E", "W", "NE", "NW", "SE", "SW")},
}

# Words that are street types wherever they follow a name. PARK, GROVE, LAKE, ISLAND and the like
# are left out on purpose: they are far more often part of a name (Cottage Grove Ave).
TYPES: Final = {
    spelling: abbreviation
    for abbreviation, spellings in {
        "ALY": "ALLEY ALLY",
        "AVE": "AV AVEN AVENUE AVENU AVN",
        "BLVD": "BL BOUL BOULEVARD BOULV BVD",
        "CIR": "CIRC CIRCLE",
        "CT": "COURT CRT",
        "DR": "DRIVE DRV",
        "EXPY": "EXPRESSWAY EXPWY EXP",
        "FWY": "FREEWAY",
        "HWY": "HIGHWAY HIWAY HWAY",
        "LN": "LANE",
        "LOOP": "",
        "PIKE": "",
        "PKWY": "PARKWAY PKY PKWAY PARKWY",
        "PL": "PLACE PLC",
        "PLZ": "PLAZA PLZA",
        "RD": "ROAD",
        "SQ": "SQUARE SQR",
        "ST": "STREET STR STRT",
        "TER": "TERRACE TERR",
        "TPKE": "TURNPIKE TRNPK",
        "TRL": "TRAIL",
        "WAY": "WY",
    }.items()
    for spelling in (abbreviation, *spellings.split())
}

# Words after which nothing belongs to the street any more.
UNIT_WORDS: Final = frozenset(
    [
        "APT",
        "APARTMENT",
        "BASEMENT",
        "BLDG",
        "BSMT",
        "BUILDING",
        "CONCOURSE",
        "FIRST",
        "FL",
        "FLOOR",
        "FLR",
        "FRNT",
        "FRONT",
        "GATE",
        "GF",
        "GND",
        "GRD",
        "GRND",
        "GROUND",
        "LEVEL",
        "LL",
        "LOBBY",
        "LOWER",
        "LVL",
        "MAIN",
        "MEZZ",
        "MEZZANINE",
        "REAR",
        "RM",
        "ROOM",
        "SECOND",
        "SPACE",
        "STE",
        "SUITE",
        "TERMINAL",
        "TOWER",
        "UNIT",
        "UPPER",
    ]
)

STATES: Final = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "DC",
        "PR",
    ]
)

ORDINAL_WORDS: Final = {
    word: f"{number}{ending}"
    for number, (word, ending) in enumerate(
        (
            ("FIRST", "ST"),
            ("SECOND", "ND"),
            ("THIRD", "RD"),
            ("FOURTH", "TH"),
            ("FIFTH", "TH"),
            ("SIXTH", "TH"),
            ("SEVENTH", "TH"),
            ("EIGHTH", "TH"),
            ("NINTH", "TH"),
            ("TENTH", "TH"),
        ),
        start=1,
    )
}

# Particles that are written apart or joined at will: LA SALLE, LASALLE.
PARTICLES: Final = frozenset({"LA", "LE", "DE", "MC", "MAC", "O", "D"})

# Abbreviations that may as well be a street type, a direction, a particle or a word.
STATES_LIKE_WORDS: Final = frozenset(
    {
        "AL",
        "CO",
        "CT",
        "DE",
        "FL",
        "HI",
        "ID",
        "IN",
        "LA",
        "MA",
        "ME",
        "MS",
        "NE",
        "OH",
        "OK",
        "OR",
        "PA",
    }
)
