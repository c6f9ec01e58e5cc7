# SPDX-License-Identifier: Apache-2.0
"""The dashboards as pictures, drawn from what Prometheus has: python3-matplotlib, and only when documentation is made."""

import math
import re
import time

from panels import boards, queries_of

COLUMNS = 3
LEGENDS_MAX = 6
SCALES = {"bytes": ((2 ** 30, "GiB"), (2 ** 20, "MiB"), (2 ** 10, "KiB"), (1, "B")),
          "Bps": ((2 ** 20, "MiB/s"), (2 ** 10, "KiB/s"), (1, "B/s")),
          "s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs")),
          "ms": ((1000, "s"), (1, "ms"), (1e-3, "µs")),
          "percentunit": ((0.01, "%"),)}
NAMES = {"reqps": "/s", "ops": "/s", "short": "", "bool_yes_no": ""}


def draw(prometheus, folder, start):
    """Of the scene's ensemble, from `start` until now; of one server where a dashboard is about one."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    folder.mkdir(parents=True, exist_ok=True)
    end = time.time()
    for name, board in boards().items():
        chosen = {"ensemble": "one", "instance": "one-3" if name == "server" else ".*"}
        graphs = [panel for panel in board["panels"] if panel["type"] == "timeseries"]
        stats = [panel for panel in board["panels"] if panel["type"] == "stat"]
        rows = math.ceil(len(graphs) / COLUMNS)
        head = 0.85 if stats else 0.3
        figure, axes = pyplot.subplots(rows, COLUMNS, figsize=(12, 2.3 * rows + head), squeeze=False, dpi=75)
        for axis in axes.flat[len(graphs):]:
            axis.axis("off")
        for axis, panel in zip(axes.flat, graphs):
            _graph(axis, prometheus, panel, (start, end), chosen)
        figure.suptitle(board["title"], x=0.012, y=1 - 0.12 / figure.get_figheight(), ha="left", va="top", fontsize=12,
                        fontweight="bold")
        for at, panel in enumerate(stats):
            _stat(figure, prometheus, panel, (start + end) / 2, chosen, (at + 0.5) / len(stats), 1 - 0.42 / figure.get_figheight())
        figure.tight_layout(rect=(0, 0, 1, 1 - head / figure.get_figheight()))
        _save(figure, folder / f"dashboard-{name}.png")
        pyplot.close(figure)


def _save(figure, path):
    """With few colours: a third of the size."""
    from PIL import Image
    figure.savefig(path)
    Image.open(path).convert("RGB").quantize(48).save(path, optimize=True)


def _series(prometheus, panel, start, end, chosen):
    step = max((end - start) / 150, 1)
    for query, legend in queries_of(panel, **chosen):
        for series in prometheus.get("query_range", query=query, start=start, end=end, step=step)["result"]:
            label = re.sub(r"\{\{(\w+)\}\}", lambda match: series["metric"].get(match[1], ""), legend)
            yield label, [float(at) - start for at, _ in series["values"]], [float(value) for _, value in series["values"]]


def _scale(unit, most):
    for factor, name in SCALES.get(unit, ((1, NAMES.get(unit, unit)),)):
        if most >= factor or factor == SCALES.get(unit, ((1, ""),))[-1][0]:
            return factor, name
    return 1, ""


def _graph(axis, prometheus, panel, times_shown, chosen):
    start, end = times_shown
    lines = sorted(_series(prometheus, panel, start, end, chosen))
    finite = [value for _, _, values in lines for value in values if math.isfinite(value)]
    factor, unit = _scale(panel["fieldConfig"]["defaults"]["unit"], max(finite, default=0))
    is_stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
    below = {}
    for label, times, values in lines:
        shown = [value / factor for value in values]
        if is_stacked:
            base = [below.get(at, 0) for at in times]
            shown = [low + (value if math.isfinite(value) else 0) for low, value in zip(base, shown)]
            below.update(zip(times, shown))
            axis.fill_between(times, base, shown, alpha=0.35, linewidth=0)
        axis.plot(times, shown, linewidth=1, label=label)
    axis.set_title(panel["title"] + (f" [{unit}]" if unit else ""), fontsize=8, loc="left")
    axis.set_xlim(0, end - start)
    _, top = axis.get_ylim()
    axis.set_ylim(0, top * 1.25)  # room for the legend
    axis.tick_params(labelsize=6)
    axis.grid(alpha=0.3, linewidth=0.5)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    # Labels that a panel has often (each kind of request) are cut: the picture is small.
    handles, labels = axis.get_legend_handles_labels()
    most = sorted(range(len(handles)), key=lambda at: -max(handles[at].get_ydata(), default=0))[:LEGENDS_MAX]
    if labels and any(labels):
        axis.legend([handles[at] for at in sorted(most)], [labels[at] for at in sorted(most)], fontsize=5, frameon=False,
                    loc="upper left", ncol=2, handlelength=1, columnspacing=0.8)


def _stat(figure, prometheus, panel, at, chosen, x, y):
    query, legend = queries_of(panel, **chosen)[0]
    series = prometheus.get("query", query=query, time=at)["result"]
    value = float(series[0]["value"][1]) if series else math.nan
    factor, unit = _scale(panel["fieldConfig"]["defaults"]["unit"], value)
    shown = f"{value / factor:,.0f}" if value / factor >= 1000 else f"{value / factor:.4g}"
    text = f"{shown} {unit}" if "{{" not in legend else series[0]["metric"].get(legend.strip("{}"), "")
    figure.text(x, y, text, ha="center", va="top", fontsize=13)
    figure.text(x, y - 0.28 / figure.get_figheight(), panel["title"], ha="center", va="top", fontsize=7, color="#555")
