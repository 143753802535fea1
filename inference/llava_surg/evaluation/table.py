"""An evaluation's report for people: closed and open answers beside their baselines, and the claim check."""

from typing import Any

CLOSED_COLUMNS = ("closed_accuracy", "blind_accuracy", "majority_accuracy")
CLOSED_TITLES = ("answers", "blind", "majority")
FREE_COLUMNS = ("closed_accuracy", "answered_share", "accuracy_when_answered")
FREE_TITLES = ("right", "answered", "if answered")
OPEN_COLUMNS = ("f1", "blind_f1", "usual_f1")
OPEN_TITLES = ("label F1", "blind", "usual")


def table(report: dict[str, Any]) -> str:
    timeline = report["timeline"]
    learnt = [name for name, is_seen in report["seen_in_training"].items() if is_seen]
    lines = [
        f"answers of the {report['answers_of']}; learnt from: {', '.join(learnt) or 'none of these surgeries'}",
        f"instrument mAP {timeline['instrument_map']:.3f}   phase accuracy {timeline['phase_accuracy']:.3f}   "
        f"macro-F1 {timeline['phase_macro_f1']:.3f}",
        f"one-word questions answered from the timeline by rule: {timeline['rule_accuracy']:.3f}, "
        + ", ".join(f"{level} {share:.3f}" for level, share in timeline["rule_per_level"].items())
        + f"; {timeline['rule_flips']:.3f} of them flip",
    ]
    if "gate_alone" in report:
        lines += ["", *gate_rows(report["gate_alone"])]
    if "per_type" not in report:
        return "\n".join([*lines, "", *claim_rows(report)])
    lines += ["", *closed_rows(report), "", *_rows("the same, asked freely", report["free"], FREE_COLUMNS, FREE_TITLES)]
    for name in ("both", "text_only", "visual_only"):
        if name in report:
            lines += ["", *_rows(f"the model alone, {name}", report[name], CLOSED_COLUMNS, CLOSED_TITLES)]
    return "\n".join([*lines, "", *open_rows(report["open"]), "", *claim_rows(report)])


def gate_rows(alone: dict[str, Any]) -> list[str]:
    """What code answers from the timeline, without any language model."""
    return [
        *_rows("gate alone, one word", alone["one_word"], FREE_COLUMNS, FREE_TITLES),
        "",
        *_rows("gate alone, freely", alone["free"], FREE_COLUMNS, FREE_TITLES),
        "",
        "open questions by the gate alone, label F1: "
        + ", ".join(f"{kind} {value:.3f}" for kind, value in alone["open_f1"].items()),
    ]


def closed_rows(report: dict[str, Any]) -> list[str]:
    return [
        *_rows("closed questions", report, CLOSED_COLUMNS, CLOSED_TITLES),
        f"95 % interval {report['closed_interval']}, over blind {report['over_blind_interval']}",
        f"another clip, another truth: {report['swap_flips']:.3f} of answers flip",
    ]


def open_rows(report: dict[str, Any]) -> list[str]:
    lines = [*_rows("open questions", report, OPEN_COLUMNS, OPEN_TITLES), f"95 % interval {report['f1_interval']}"]
    if "judge" in report:
        lines.append(f"judged by {report['judge']}: {report['score']:.2f} of 5, blind {report['blind_score']:.2f}")
    return lines


def claim_rows(report: dict[str, Any]) -> list[str]:
    return [f"claim check, {name.replace('_', ' ')}: {value}" for name, value in report["claims"].items()]


def _rows(title: str, report: dict[str, Any], columns: tuple[str, ...], titles: tuple[str, ...]) -> list[str]:
    rows = {"all": report, **report["per_level"], **report["per_type"]}
    heading = f"{title:<22}{'n':>5}" + "".join(f"{name:>12}" for name in titles)
    return [heading] + [
        f"{name:<22}{row['num_questions']:>5}" + "".join(f"{row[column]:>12.3f}" for column in columns)
        for name, row in rows.items()
    ]
