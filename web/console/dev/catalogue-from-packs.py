"""Writes dev/mock/catalogue.json from packs/: what the mock answers to GET /api/catalogue. Run by hand when packs change."""

import csv
import json
import pathlib
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PACKS = HERE.parents[2] / "packs"
ENTITY_VERBS = ["read", "create", "edit", "end", "merge", "reveal", "export", "import"]
NOT_KIND = {"name", "label", "help", "group", "element", "required", "unique", "sensitivity", "purpose", "filter",
            "search", "off_by_default", "derive", "synonyms", "kind", "retention_days"}


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def full(pack, name):
    return name if "/" in name else f"{pack}/{name}"


def field(pack, raw):
    kind = {"kind": raw["kind"], **{key: value for key, value in raw.items() if key not in NOT_KIND}}
    for key in ("list", "entity"):
        if key in kind:
            kind[key] = full(pack, kind[key])
    if kind["kind"] == "text":
        kind.setdefault("max", 200)
    out = {"name": raw["name"], "label": raw["label"], "help": raw.get("help"), "group": raw.get("group"), "kind": kind,
           "element": raw.get("element"), "purpose": raw.get("purpose"), "derived": raw.get("derive")}
    for key in ("required", "unique", "filter", "search", "off_by_default"):
        out[key] = raw.get(key, False)
    out["sensitivity"] = raw.get("sensitivity", "open")
    return out


def entity(pack, path):
    raw = read(path)
    relations = [{**relation, "entity": full(pack, relation["entity"])} for relation in raw.get("relations", [])]
    return {"name": full(pack, path.stem), "label": raw["label"], "about": raw["about"], "title": raw["title"],
            "area_kinds": raw.get("area_kinds", []), "groups": raw.get("groups", []),
            "fields": [field(pack, item) for item in raw["fields"] if not item.get("off_by_default")],
            "relations": relations, "view": {"columns": raw["view"]["columns"], "sort": raw["view"].get("sort", [])},
            "end_reasons": full(pack, raw["end_reasons"]) if raw.get("end_reasons") else None,
            "people": "person" in raw, "permissions": ENTITY_VERBS}


def code_list(pack, path):
    lines = path.read_text(encoding="utf-8").splitlines()
    zh, _, en = lines[1].removeprefix("# label: ").partition(" | ")
    codes = [{"code": row["code"], "label": {"zh": row["zh"], "en": row["en"]}, "parent": row.get("parent") or None,
              "retired": bool(row.get("retired"))} for row in csv.DictReader(lines[2:])]
    return {"name": full(pack, path.stem), "label": {"zh": zh, "en": en},
            "standard": lines[0].removeprefix("# standard: "), "codes": codes}


packs = ["network", "people"]
order = ["people/resident", "people/household", "people/dwelling"]
catalogue = {
    "version": "mock",
    "levels": read(PACKS / "network/levels.toml")["levels"],
    "entities": sorted((entity(pack, path) for pack in packs for path in (PACKS / pack).glob("entities/*.toml")),
                       key=lambda item: order.index(item["name"]) if item["name"] in order else 99),
    "code_lists": [code_list(pack, path) for pack in packs for path in sorted((PACKS / pack).glob("codes/*.csv"))],
    "roles": [{"name": full("network", role["name"]), "label": role["label"], "level": role.get("level", "")}
              for role in read(PACKS / "network/roles.toml")["roles"]],
    "packs": [{"id": pack, "title": head["title"], "version": head["version"], "mode": head.get("mode", "always")}
              for pack in packs for head in [read(PACKS / pack / "pack.toml")]],
}
(HERE / "mock/catalogue.json").write_text(json.dumps(catalogue, ensure_ascii=False), encoding="utf-8")
print(len(catalogue["entities"]), "entities", len(catalogue["code_lists"]), "code lists")
