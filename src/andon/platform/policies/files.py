"""Reading the policy files: TOML in, checked policies out.

A version lies in `<version>.toml`. It may `extends` another version and `include` reference files: tables are
merged, everything else is replaced. What is wrong is told with the file and the key that say it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError

from andon.kernel.countries import countries
from andon.platform.policies.figures import Carrier, Line, Of
from andon.platform.policies.rules import (
    CODES,
    FAMILIES,
    SETTINGS,
    Clause,
    Policies,
    Policy,
    PolicyInvalid,
    Source,
)
from andon.platform.policies.values import Frozen, Texts, first_fault

DATA = Path(__file__).parent / "data"

Key = tuple[str, ...]
T = TypeVar("T", bound=Frozen)


class Header(Frozen):
    """What a version says of itself."""

    version: str
    set_name: str = Field(alias="set")
    in_force_from: date
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    zone: str
    rulebook: str | None = None
    note: Texts


class ClauseText(Frozen):
    """A clause as its file has it; `ours` names the values that are ours although the rule is the guide's."""

    title: Texts
    text: Texts
    source: Literal["guide", "ours"]
    section: str | None = None
    ours: frozenset[str] = frozenset()
    values: Mapping[str, Any] = {}


@cache
def load_policies(set_name: str = "jit") -> Policies:
    """The shipped policies of that set, read once."""
    return read_policies(DATA, set_name)


@cache
def all_policies() -> tuple[Policy, ...]:
    """Every shipped version of every set: those that govern the platform, and those for replaying the past."""
    sets = {toml_of(DATA, path.name).get("set") for path in sorted(DATA.glob("*.toml"))}
    return tuple(version for name in sorted(filter(None, sets)) for version in load_policies(name).versions)


def read_policies(folder: Path, set_name: str) -> Policies:
    """All versions of a set that lie in `folder`; PolicyInvalid names what is wrong with them."""
    versions: list[Policy] = []
    for path in sorted(folder.glob("*.toml")):
        document = Document.read(folder, path.name)
        if document.tree.get("set") != set_name:
            continue
        policy = document.policy()
        for other in versions:
            if other.in_force_from == policy.in_force_from:
                raise PolicyInvalid(path.name, "in_force_from", f"{other.version} is in force from then, too")
        versions.append(policy)
    if not versions:
        raise PolicyInvalid(str(folder), "", f"no policy of the set {set_name}")
    return Policies(versions)


def toml_of(folder: Path, name: str) -> dict[str, Any]:
    """One file as it is written."""
    try:
        return tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        raise PolicyInvalid(name, "", "there is no such file") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise PolicyInvalid(name, "", f"not TOML: {cause}") from cause


class Document:
    """A version with all that it extends and includes, and which file said each key."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.tree: dict[str, Any] = {}
        self.said_in: dict[Key, str] = {}

    @classmethod
    def read(cls, folder: Path, name: str, heirs: tuple[str, ...] = ()) -> "Document":
        """The document of that file."""
        own = toml_of(folder, name)
        document = cls(name)
        if f"{own.get('version')}.toml" != name:
            raise PolicyInvalid(name, "version", "a version lies in the file of its name")
        base = own.pop("extends", None)
        if base is not None:
            if base in heirs or f"{base}.toml" == name:
                raise PolicyInvalid(name, "extends", f"{base} extends this version")
            earlier = cls.read(folder, f"{base}.toml", (*heirs, own["version"]))
            document.tree, document.said_in = earlier.tree, earlier.said_in
            for personal in ("set", "in_force_from"):
                document.tree.pop(personal, None)
        for part in own.pop("include", ()):
            document.merge(toml_of(folder, part), part)
        document.merge(own, name)
        return document

    def merge(self, addition: Mapping[str, Any], file: str) -> None:
        """Lay what `file` says over what is there."""
        self._merge(self.tree, addition, (), file)

    def _merge(self, into: dict[str, Any], addition: Mapping[str, Any], at: Key, file: str) -> None:
        for name, value in addition.items():
            key = (*at, name)
            self.said_in[key] = file
            if isinstance(value, dict):
                held = into.get(name)
                into[name] = dict(held) if isinstance(held, dict) else {}
                self._merge(into[name], value, key, file)
            else:
                into[name] = value

    def invalid(self, key: Key, reason: str) -> PolicyInvalid:
        """What is wrong at `key`, with the file that says it (or the version's own, if none does)."""
        file = next(
            (self.said_in[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self.said_in), self.file
        )
        return PolicyInvalid(file, ".".join(key), reason)

    def checked(self, kind: type[T], tree: Any, at: Key = (), keys: Mapping[str, Key] | None = None) -> T:
        """`tree` as `kind`; `keys` says where a field stands if not at `at`."""
        try:
            return kind.model_validate(tree, context={"currency": self.tree.get("currency")})
        except ValidationError as cause:
            where, reason = first_fault(cause)
            if where and keys is not None:
                raise self.invalid((*keys.get(where[0], (*at, where[0])), *where[1:]), reason) from cause
            raise self.invalid((*at, *where), reason) from cause

    def table(self, *key: str) -> dict[str, Any]:
        """The table at `key`."""
        found = self.tree
        for name in key:
            inner = found.get(name, {})
            if not isinstance(inner, dict):
                raise self.invalid(key, "is a table")
            found = inner
        return found

    # --- the parts of a policy ------------------------------------------------------------------------------------

    def policy(self) -> Policy:
        """The policy that the document says."""
        parts = ("clauses", "settings", "categories", "countries", "carriers", "lines")
        header = self.checked(Header, {name: said for name, said in self.tree.items() if name not in parts})
        try:
            zone = ZoneInfo(header.zone)
        except (KeyError, ValueError, OSError) as cause:
            raise self.invalid(("zone",), f"no such zone: {header.zone}") from cause
        clauses, settings, sections = self.clauses(header.rulebook)
        policy = Policy(
            version=header.version,
            set_name=header.set_name,
            currency=header.currency,
            zone=header.zone,
            in_force_from=datetime.combine(header.in_force_from, time(), zone).astimezone(UTC),
            in_force_on=header.in_force_from,
            rulebook=header.rulebook,
            note=header.note,
            clauses=clauses,
            settings=settings,
            categories=self.names("categories"),
            countries=self.names("countries"),
            carriers={
                code: self.checked(Carrier, {"code": code, "names": names}, ("carriers", code))
                for code, names in self.table("carriers").items()
            },
            lines={code: self.line(code) for code in self.table("lines")},
            **sections,
        )
        for key, reason in disagreements(policy):
            raise self.invalid(key, reason)
        return policy

    def clauses(self, rulebook: str | None) -> tuple[dict[str, Clause], dict[str, Clause], dict[str, Any]]:
        """Clauses and settings by code, and the sections with their figures."""
        said = self.table("clauses")
        for code in (*CODES, *said):
            if code not in said or code not in CODES:
                raise self.invalid(
                    ("clauses", code), "no such clause" if code in said else "the clause is missing"
                )
        for name in self.table("settings"):
            if name not in SETTINGS:
                raise self.invalid(("settings", name), "no such setting")
        texts: dict[Key, ClauseText] = {
            ("clauses", code): self.clause_text("clauses", code) for code in CODES
        }
        texts |= {("settings", name): self.clause_text("settings", name) for name in SETTINGS}

        sections: dict[str, Any] = {}
        for family, (name, kind, _) in FAMILIES.items():
            sections[name] = self.section(
                kind, {key: texts[key] for key in texts if key[1].startswith(f"{family}-")}
            )
        for name, kind in SETTINGS.items():
            sections[name] = self.section(kind, {("settings", name): texts["settings", name]})

        made = {key: clause(key[1], text, sections, rulebook) for key, text in texts.items()}
        return (
            {code: made["clauses", code] for code in CODES},
            {n: made["settings", n] for n in SETTINGS},
            sections,
        )

    def clause_text(self, *key: str) -> ClauseText:
        """One clause as it is written."""
        text = self.checked(ClauseText, self.table(*key), key)
        for name in sorted(text.ours - set(text.values)):
            raise self.invalid((*key, "ours"), f"there is no value {name}")
        return text

    def section(self, kind: type[Frozen], texts: Mapping[Key, ClauseText]) -> Frozen:
        """The figures of some clauses, each under the clause that it belongs to."""
        owners: dict[str, Key] = {
            name: ("clauses", mark.clause)
            for name, figure in kind.model_fields.items()
            for mark in figure.metadata
            if isinstance(mark, Of)
        }
        values: dict[str, Any] = {}
        keys: dict[str, Key] = {name: (*owner, "values", name) for name, owner in owners.items()}
        for key, text in texts.items():
            for name, value in text.values.items():
                place = (*key, "values", name)
                if name not in kind.model_fields:
                    raise self.invalid(place, "no such value")
                if owners.get(name, key) != key:
                    raise self.invalid(place, f"the value belongs to {owners[name][1]}")
                values[name] = value
                keys[name] = place
        return self.checked(kind, values, next(iter(texts)), keys)

    def names(self, part: str) -> dict[str, Mapping[str, str]]:
        """A table of names by code."""
        adapter: TypeAdapter[Mapping[str, str]] = TypeAdapter(Texts)
        names: dict[str, Mapping[str, str]] = {}
        for code, texts in self.table(part).items():
            try:
                names[code] = adapter.validate_python(texts)
            except ValidationError as cause:
                raise self.invalid((part, code), first_fault(cause)[1]) from cause
        return names

    def line(self, code: str) -> Line:
        """One line, its card laid under the rates of its countries."""
        at = ("lines", code)
        said = dict(self.table(*at))
        card = self.table(*at, "card")
        rates = {
            country: {**card, **self.table(*at, "rates", country)} for country in self.table(*at, "rates")
        }
        said.pop("card", None)
        return self.checked(Line, {**said, "code": code, "rates": rates}, at)


def clause(code: str, text: ClauseText, sections: Mapping[str, Any], rulebook: str | None) -> Clause:
    """A clause with its figures as their section has them."""
    section = sections[FAMILIES[code.split("-", maxsplit=1)[0]][0] if code in CODES else code]
    guide = Source("guide", rulebook, text.section)
    stated = guide if text.source == "guide" else Source("ours")
    return Clause(
        code=code,
        title=text.title,
        text=text.text,
        values={name: getattr(section, name) for name in text.values},
        source=stated,
        sources={name: Source("ours") if name in text.ours else stated for name in text.values},
    )


def disagreements(policy: Policy) -> Iterator[tuple[Key, str]]:
    """Where parts of a policy name what other parts do not have."""
    for country in policy.countries:
        if country not in countries():
            yield ("countries", country), "not a country of ISO 3166-1"
    for category in sorted(policy.mode.categories - set(policy.categories)):
        yield ("clauses", "MODE-1", "values", "categories"), f"unknown category {category}"
    for country in policy.move.countries:
        if country not in policy.countries:
            yield ("clauses", "MOVE-2", "values", "countries"), f"unknown country {country}"
    for line in policy.lines.values():
        if line.carrier not in policy.carriers:
            yield ("lines", line.code, "carrier"), f"unknown carrier {line.carrier}"
        if not line.rates:
            yield ("lines", line.code, "rates"), "a line reaches at least one country"
        for country, rate in line.rates.items():
            if country not in policy.countries:
                yield ("lines", line.code, "rates", country), "unknown country"
            if rate.currencies != {policy.currency}:
                yield ("lines", line.code, "rates", country), f"rates are in {policy.currency}"
