# SPDX-License-Identifier: Apache-2.0
"""The result as Markdown: medians, ratios within the run, targets met or missed."""

from statistics import median

from .measures import BIG_FIGURES, MEASURES
from .phases import figure_key

BEGIN = "<!-- {}: begin -->"
END = "<!-- {}: end -->"


def number(value):
    if value is None:
        return "–"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def times(ratio):
    if ratio is None:
        return "–"
    return f"{ratio:.2g}×" if ratio < 100 else f"{ratio:,.0f}×"


def median_of(samples, name):
    values = samples.get(name)
    return median(values) if values else None


def median_of_known(runs, key):
    """The median of a figure that not every run has."""
    values = [run[key] for run in runs if run[key] is not None]
    return median(values) if values else None


def ratio_of_rounds(figure, samples, ours, theirs):
    """The median over the rounds of how many times better `ours` was than `theirs`."""
    pairs = list(zip(samples.get(ours, []), samples.get(theirs, [])))
    return median(figure.ratio(a, b) for a, b in pairs) if pairs else None


def verdict(met, missed_by):
    return "met" if met else f"**missed** ({missed_by})"


def small_row(measure, figure, samples):
    ratio = ratio_of_rounds(figure, samples, "paddock", "apache")
    share = ratio_of_rounds(figure, samples, "paddock", "stub")
    target, result = "–", "–"
    if figure.target:
        target = f"{figure.target:g}×"
        if ratio is not None:
            result = verdict(ratio >= figure.target, f"{ratio / figure.target:.0%} of it")
    cells = [
        measure.title,
        f"{figure.title}, {figure.unit}",
        number(median_of(samples, "apache")),
        number(median_of(samples, "paddock")),
        times(ratio),
        target,
        result,
        number(median_of(samples, "stub")),
        f"{share:.0%}" if share is not None else "–",
    ]
    return cells


def big_row(key, figure, samples):
    ours = median_of(samples, "paddock")
    theirs = median_of(samples, "apache")
    target, result = "–", "–"
    if figure.limit:
        target = f"{figure.limit:g} {figure.unit}"
        if ours is not None:
            result = verdict(ours <= figure.limit, f"{ours / figure.limit:.1f}× of it")
    ratio = times(figure.ratio(ours, theirs) if ours and theirs else None)
    etcd = number(median_of(samples, "etcd"))
    return [f"{figure.title}, {figure.unit}", number(theirs), number(ours), ratio, target, result, etcd]


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def markdown(results):
    small, big = results["small"], results["big"]
    parts = [results["heading"]]
    rows = []
    for measure in MEASURES:
        for figure in measure.figures:
            samples = small.get(figure_key(measure, figure))
            if samples:
                rows.append(small_row(measure, figure, samples))
    if rows:
        header = ["measure", "figure", "Apache", "Paddock", "better by", "target", "", "stub", "share"]
        parts.append(table(header, rows))
    if big:
        rows = [big_row(key, figure, big[key]) for key, figure in BIG_FIGURES.items() if key in big]
        parts.append("With 1,000,000 znodes of 100 bytes:")
        parts.append(table(["figure", "Apache", "Paddock", "better by", "limit", "", "etcd"], rows))
    return "\n\n".join(parts) + "\n"


def update_page(page, text, name="bench"):
    """Replaces what stands between the markers with this name."""
    begin, end = BEGIN.format(name), END.format(name)
    head, rest = page.read_text().split(begin)
    _, tail = rest.split(end)
    page.write_text(f"{head}{begin}\n{text}\n{end}{tail}")
