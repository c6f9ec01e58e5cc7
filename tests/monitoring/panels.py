# SPDX-License-Identifier: Apache-2.0
"""The panels of the dashboards, and their queries as Grafana would send them."""

import json
import math
import pathlib

DASHBOARDS = pathlib.Path(__file__).resolve().parents[2] / "charts" / "operator" / "files" / "dashboards"


def boards():
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DASHBOARDS.glob("*.json"))}


def panels():
    return [{**panel, "board": name} for name, board in boards().items() for panel in board["panels"] if panel["type"] != "row"]


def filled_in(query, ensemble, instance):
    return query.replace("$__rate_interval", "10s").replace("$ensemble", ensemble).replace("$instance", instance)


def queries_of(panel, ensemble=".*", instance=".*"):
    return [(filled_in(target["expr"], ensemble, instance), target["legendFormat"]) for target in panel["targets"]]


def without_data(prometheus, panel):
    """Queries that have no number to show."""
    return [query for query, _ in queries_of(panel) if not [v for v in prometheus.values(query) if not math.isnan(v)]]
