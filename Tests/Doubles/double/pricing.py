"""The Price List's hosting products, made from the prices that the product embeds; in the form of GetProducts.

A test tells what is to go wrong: `kept("pricing faults", {"ThrottlingException": 3, "after": 2})` refuses so many calls
with that code once so many were answered. `kept("prices", {"us-east-1": {"ml.m5.large": 0.2}})` lays prices over them.
"""
from __future__ import annotations

import functools
import hashlib
import json
import pathlib
import re
from typing import Any

from double import Call, Refusal, answers

SWIFT = pathlib.Path(__file__).parents[3] / "Sources" / "PlumbModel" / "Instance"
TERM, RATE = "JRTCKXETXF", "6YS6EN2CT7"
# What the same price list holds beside Hosting, and is not to be taken.
OTHERS = {"Training": 1.0, "Notebook": 1.0, "AsyncInf": 1.1}


def mend_moto() -> None:
    """Nothing of moto's own: it has a handful of products, none of SageMaker."""


@functools.cache
def embedded() -> dict[str, dict[str, float]]:
    prices: dict[str, dict[str, float]] = {}
    for name in ("PriceList+Families1.swift", "PriceList+Families2.swift"):
        table = re.search(r'"""\n(.*?)"""', (SWIFT / name).read_text(encoding="utf-8"), re.DOTALL)
        for block in re.split(r"\n\s*\n", table.group(1).strip()):
            (family, *sizes), *rows = [line.split() for line in block.splitlines()]
            for regions, *values in rows:
                for region in regions.split(","):
                    for size, value in zip(sizes, values):
                        if value != "-":
                            prices.setdefault(region, {})[f"ml.{family}.{size}"] = float(value)
    return prices


def product(region: str, name: str, component: str, usd: float) -> dict[str, Any]:
    sku = hashlib.sha256(f"{region} {name} {component}".encode()).hexdigest()[:16].upper()
    offer, rate = f"{sku}.{TERM}", f"{sku}.{TERM}.{RATE}"
    return {
        "product": {
            "productFamily": "ML Instance", "sku": sku,
            "attributes": {
                "servicecode": "AmazonSageMaker", "servicename": "Amazon SageMaker", "regionCode": region,
                "locationType": "AWS Region", "component": component, "instanceName": name,
                "instanceType": f"{name}-{component}", "usagetype": f"{component[:4]}:{name}",
                "operation": "RunInstance",
            }},
        "serviceCode": "AmazonSageMaker", "version": "20260520190032", "publicationDate": "2026-05-20T19:00:32Z",
        "terms": {"OnDemand": {offer: {
            "sku": sku, "offerTermCode": TERM, "effectiveDate": "2026-05-01T00:00:00Z", "termAttributes": {},
            "priceDimensions": {rate: {
                "rateCode": rate, "unit": "Hrs", "beginRange": "0", "endRange": "Inf", "appliesTo": [],
                "description": f"${usd:.4f} per {component} {name} hour", "pricePerUnit": {"USD": f"{usd:.10f}"}}}}}},
    }


def products(call: Call) -> list[dict[str, Any]]:
    prices = {region: dict(types) for region, types in embedded().items()}
    for region, types in call.store("prices").items():
        prices.setdefault(region, {}).update(types)
    return [
        product(region, name, component, usd * ratio)
        for region in sorted(prices) for name, usd in sorted(prices[region].items())
        for component, ratio in {"Hosting": 1.0, **OTHERS}.items()]


@answers("pricing", "GetProducts")
def get_products(call: Call) -> dict[str, Any]:
    faults = call.store("pricing faults")
    if faults.get("after", 0) > 0:
        faults["after"] -= 1
    else:
        for code in list(faults):
            if code != "after" and faults[code] > 0:
                faults[code] -= 1
                raise Refusal(code, "Rate exceeded" if "Throttl" in code else "the page is not there")
    if call["ServiceCode"] != "AmazonSageMaker":
        return {"FormatVersion": "aws_v1", "PriceList": []}
    for wanted in call.get("Filters", []):
        if wanted["Type"] != "TERM_MATCH":
            raise Refusal("InvalidParameterException", f"the double knows no filter of type {wanted['Type']}")
    wanted = {entry["Field"]: entry["Value"] for entry in call.get("Filters", [])}
    found = [
        each for each in products(call)
        if all(each["product"]["attributes"].get(field) == value for field, value in wanted.items())]
    size = call.get("MaxResults") or 100
    if not 1 <= size <= 100:
        raise Refusal("InvalidParameterException", "MaxResults is 1 to 100")
    page = call.page(found, "PriceList", size)
    return {"FormatVersion": "aws_v1", **page, "PriceList": [json.dumps(each) for each in page["PriceList"]]}
