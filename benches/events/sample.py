"""The sample: events, their schema, and a project whose AsyncAPI document defines them. The same every time."""
import datetime
import json
import pathlib
import random

TYPE = "com.example.order-placed.v1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
WORDS = "harbour lantern copper willow anchor barrel compass drift ember fathom granite hollow".split()


def text(least, most):
    return {"type": "string", "minLength": least, "maxLength": most}


def closed(required, properties):
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


DEFINITIONS = {
    "address": closed(["street", "city", "postcode", "country"], {
        "street": text(1, 80), "city": text(1, 60),
        "postcode": {"type": "string", "pattern": "^[0-9]{4,5}$"},
        "country": {"enum": ["DE", "FR", "NL", "BE", "AT", "PL"]}}),
    "line": closed(["sku", "quantity", "price"], {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}, "name": text(0, 60),
        "quantity": {"type": "integer", "minimum": 1, "maximum": 999},
        "price": {"type": "number", "exclusiveMinimum": 0, "maximum": 100000}}),
}
ORDER = closed(["orderId", "customer", "currency", "lines", "total", "status"], {
    "orderId": {"type": "string", "pattern": "^o-[0-9]{8}$"},
    "customer": closed(["id", "email", "address"], {
        "id": {"type": "string", "pattern": "^c-[0-9]{6}$"}, "email": text(3, 120),
        "address": {"$ref": "#/$defs/address"}}),
    "currency": {"enum": ["EUR", "USD", "GBP", "CHF"]},
    "lines": {"type": "array", "minItems": 1, "maxItems": 50, "items": {"$ref": "#/$defs/line"}},
    "total": {"type": "number", "minimum": 0},
    "status": {"enum": ["placed", "paid", "packed", "shipped"]},
    "gift": {"type": "boolean"},
    "note": {"type": ["string", "null"], "maxLength": 200}})
EVENT = {"$schema": DRAFT} | closed(["specversion", "id", "source", "type", "time", "data"], {
    "specversion": {"const": "1.0"}, "id": text(1, 80), "source": text(1, 200), "type": {"const": TYPE},
    "subject": text(1, 80), "datacontenttype": {"const": "application/json"}, "data": ORDER,
    "time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
    "traceparent": {"type": "string", "maxLength": 60}}) | {"$defs": DEFINITIONS}


def event(chance, number):
    word = lambda: chance.choice(WORDS)
    lines = [{"sku": f"{''.join(chance.choices('ABCDEFGH', k=3))}-{chance.randrange(10000):04}",
              "name": " ".join(chance.choices(WORDS, k=3)), "quantity": chance.randint(1, 9),
              "price": round(chance.uniform(1, 500), 2)} for _ in range(chance.randint(2, 4))]
    address = {"street": f"{chance.randint(1, 99)} {word()} street", "city": word().title(),
               "postcode": f"{chance.randrange(100000):05}", "country": chance.choice(["DE", "FR", "NL", "BE"])}
    customer = {"id": f"c-{chance.randrange(10**6):06}", "email": f"{word()}.{word()}@example.com", "address": address}
    time = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=number)
    return {"specversion": "1.0", "id": f"e-{number:08}", "source": f"/shops/{word()}", "type": TYPE,
            "subject": f"o-{number:08}", "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "datacontenttype": "application/json", "traceparent": f"00-{chance.randrange(16**16):016x}-01",
            "data": {"orderId": f"o-{number:08}", "customer": customer, "currency": chance.choice(["EUR", "USD"]),
                     "lines": lines, "total": round(sum(line["price"] * line["quantity"] for line in lines), 2),
                     "status": chance.choice(["placed", "paid"]), "gift": chance.random() < 0.5,
                     "note": None if chance.random() < 0.5 else " ".join(chance.choices(WORDS, k=5))}}


def write(folder, count):
    """Writes the sample into a folder; the mean length of an event in bytes."""
    folder = pathlib.Path(folder)
    (folder / "contracts/models").mkdir(parents=True)
    (folder / "linkspan.yaml").write_text("project: bench\n")
    payload = {"$schema": DRAFT} | ORDER | {"$defs": DEFINITIONS}
    (folder / "contracts/models/order.schema.json").write_text(json.dumps(payload))
    message = {"name": TYPE, "payload": {"$ref": "models/order.schema.json"}}
    (folder / "contracts/orders.asyncapi.json").write_text(json.dumps({
        "asyncapi": "3.0.0", "info": {"title": "orders", "version": "1.0.0"},
        "channels": {"orders": {"messages": {"placed": message}}}}))
    (folder / "schema.json").write_text(json.dumps(EVENT))
    (folder / "small.schema.json").write_text(json.dumps(payload))
    chance = random.Random(1)
    (folder / "small.yaml").write_text("\n".join(yaml(event(chance, 0)["data"])) + "\n")
    size = 0
    with open(folder / "events.jsonl", "w") as out:
        for number in range(count):
            size += out.write(json.dumps(event(chance, number), separators=(",", ":")) + "\n")
    return size / count


def yaml(value, indent=""):
    """A mapping as YAML, two levels in block style, deeper ones as JSON."""
    for name, inner in value.items():
        if isinstance(inner, dict) and not indent:
            yield f"{name}:"
            yield from yaml(inner, "  ")
        else:
            yield f"{indent}{name}: {json.dumps(inner)}"
