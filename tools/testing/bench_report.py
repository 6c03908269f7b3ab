"""Figures of the benchmarks: medians, spreads, ratios with their uncertainty; tables and records."""
import json
import random
import statistics

DRAWS = 2000
DASH = "–"


# One place of a table: what was measured of one implementation. A run that failed is None.
class Cell:
    def __init__(self, workload, workers, implementation, unit, runs):
        self.workload, self.workers, self.implementation, self.unit, self.runs = workload, workers, implementation, unit, runs

    @property
    def failed(self):
        return not self.runs or None in self.runs

    @property
    def median(self):
        return None if self.failed else statistics.median(self.runs)

    def record(self):
        return {"workload": self.workload, "workers": self.workers, "implementation": self.implementation, "unit": self.unit,
                "median": self.median, "runs": self.runs}


def number(value):
    if value is None:
        return "fails"
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


# The ratio of the medians, and its 95 % interval: repeats are drawn with replacement, those of both together, since what disturbs one
# disturbs its neighbour in the same repeat.
def ratio(cell, other):
    if cell.failed or other.failed or other.median == 0:
        return None
    value = cell.median / other.median
    if len(cell.runs) != len(other.runs) or len(cell.runs) < 3:
        return value, None
    draw, many, ratios = random.Random(1), len(cell.runs), []
    for _ in range(DRAWS):
        picked = [draw.randrange(many) for _ in range(many)]
        below = statistics.median(other.runs[i] for i in picked)
        if below > 0:
            ratios.append(statistics.median(cell.runs[i] for i in picked) / below)
    ratios.sort()
    if not ratios:
        return value, None
    return value, (ratios[int(0.025 * (len(ratios) - 1))], ratios[int(0.975 * (len(ratios) - 1))])


def ratio_text(cell, other):
    found = ratio(cell, other)
    if found is None:
        return DASH
    value, between = found
    return f"{value:.2f} ×" if between is None else f"{value:.2f} × ({between[0]:.2f}–{between[1]:.2f})"


def spread_text(cell):
    return DASH if cell.failed else f"{number(min(cell.runs))}–{number(max(cell.runs))}"


class Report:
    def __init__(self):
        self.cells = []
        self.columns = []

    # A table with a row for each workload: ours with its spread, then each peer's median and ours as a ratio of it.
    def table(self, title, peers):
        self.columns = peers
        names = ["asyncc", "spread"]
        for peer in peers:
            names += [peer, f"asyncc / {peer}"]
        self.head([title, *names])

    def head(self, names):
        print(f"\n| {' | '.join(names)} |")
        print(f"|---|{'--:|' * (len(names) - 1)}", flush=True)

    def line(self, values):
        print(f"| {' | '.join(values)} |", flush=True)

    # `cells` by implementation; the one of "async" may be missing.
    def row(self, title, cells):
        self.cells += cells.values()
        ours = cells.get("async")
        values = [title, number(ours.median), spread_text(ours)] if ours else [title, DASH, DASH]
        for peer in self.columns:
            theirs = cells.get(peer)
            values += [number(theirs.median), ratio_text(ours, theirs) if ours else DASH] if theirs else [DASH, DASH]
        self.line(values)

    def failed(self):
        return [f"{cell.workload} (workers {cell.workers})" for cell in self.cells if cell.implementation == "async" and cell.failed]

    def write(self, path):
        records = ",\n".join("  " + json.dumps(cell.record()) for cell in self.cells)
        with open(path, "w") as file:
            file.write(f"[\n{records}\n]\n" if records else "[]\n")
