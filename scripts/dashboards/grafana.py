# SPDX-License-Identifier: Apache-2.0
"""Dashboards as Grafana reads them, from panels that are a title, a unit, queries and a sentence.

In a query, `{S}` stands for the selector of the servers that are chosen, `{E}` for that of the chosen ensembles alone, and
`{R}` for Grafana's interval of rates.
"""

import json

COLUMNS = 24
SERVERS = 'ensemble=~"$ensemble",instance=~"$instance"'
ENSEMBLES = 'ensemble=~"$ensemble"'
SOURCE = {"type": "prometheus", "uid": "$datasource"}


def panel(title, unit, description, *queries, kind="timeseries", width=8, stack=False):
    """`queries`: pairs of a query and a legend."""
    return {"title": title, "unit": unit, "description": description, "queries": queries, "kind": kind,
            "width": width, "stack": stack}


def stat(title, unit, description, *queries):
    return panel(title, unit, description, *queries, kind="stat", width=4)


def expand(query):
    return query.replace("{S}", SERVERS).replace("{E}", ENSEMBLES).replace("{R}", "$__rate_interval")


def _target(at, query, legend):
    return {"datasource": SOURCE, "expr": expand(query), "legendFormat": legend, "refId": chr(ord("A") + at)}


def _panel(number, spec, x, y):
    custom = {"fillOpacity": 30 if spec["stack"] else 5, "lineWidth": 1, "showPoints": "never",
              "stacking": {"mode": "normal" if spec["stack"] else "none"}}
    is_graph = spec["kind"] == "timeseries"
    options = ({"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
               if is_graph else {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none", "graphMode": "area"})
    return {"id": number, "type": spec["kind"], "title": spec["title"], "description": spec["description"],
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": spec["width"], "h": 8 if is_graph else 4},
            "fieldConfig": {"defaults": {"unit": spec["unit"], "min": 0, **({"custom": custom} if is_graph else {})},
                            "overrides": []},
            "options": options,
            "targets": [_target(at, *query) for at, query in enumerate(spec["queries"])]}


def _row(number, title, y):
    return {"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}}


def _laid_out(rows):
    panels, y = [], 0
    for title, specs in rows:
        panels.append(_row(len(panels) + 1, title, y))
        x, y, height = 0, y + 1, 0
        for spec in specs:
            if x + spec["width"] > COLUMNS:
                x, y, height = 0, y + height, 0
            panels.append(_panel(len(panels) + 1, spec, x, y))
            x, height = x + spec["width"], max(height, panels[-1]["gridPos"]["h"])
        y += height
    return panels


def _variable(name, label, query, of_many):
    return {"name": name, "label": label, "type": "query", "datasource": SOURCE, "refresh": 2, "sort": 1,
            "query": {"query": query, "refId": name}, "definition": query, "multi": of_many, "includeAll": True,
            "allValue": ".*", "current": {"text": "All", "value": "$__all"}}


def dashboard(uid, title, description, rows, of_many=True):
    """`rows`: pairs of a title and panels. `of_many`: several servers may be chosen at once."""
    instance = _variable("instance", "Server", 'label_values(znode_count{ensemble=~"$ensemble"}, instance)', of_many)
    if not of_many:
        instance |= {"includeAll": False, "current": {}}
        del instance["allValue"]
    return {
        "uid": uid, "title": title, "description": description, "tags": ["paddock"], "schemaVersion": 38,
        "editable": True, "refresh": "30s", "time": {"from": "now-1h", "to": "now"}, "timezone": "",
        "graphTooltip": 1, "links": [{"type": "dashboards", "title": "Paddock", "tags": ["paddock"], "asDropdown": True,
                                      "includeVars": True, "keepTime": True}],
        "templating": {"list": [
            {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
            _variable("ensemble", "Ensemble", "label_values(znode_count, ensemble)", True),
            instance]},
        "annotations": {"list": [{
            "name": "A leader was looked for", "datasource": SOURCE, "enable": True, "iconColor": "orange",
            "expr": expand("changes(paddock_epoch{{E}}[{R}]) > 0")}]},
        "panels": _laid_out(rows)}


def text_of(board):
    return json.dumps(board, indent=1, ensure_ascii=False) + "\n"
