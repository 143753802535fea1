"""What the timeline says of a claim: supported, contradicted or not verified.

Supported: facts say the same for the cited seconds; or it denies a label that is watched in this kind of video, and
the watcher, one that misses little, looked at nearly all of those seconds and saw nothing. Contradicted: a sure fact
says the opposite. Everything else is not verified: what is not watched, not understood, unsure, or true of a part of
the seconds only. "Yes" and "no" say something of what the question asks, also where the rest of the sentence speaks
of another thing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference.evidence.certainty import LIKELY_PROBABILITY, SURE_PHASE_PROBABILITY, SURE_PROBABILITY
from inference.evidence.citation import Span
from inference.evidence.claim import ParsedClaim
from inference.evidence.coverage import overlap_s, share
from inference.evidence.fact import Fact
from inference.evidence.lanes import PHASE_LANE, TEXT_LANE
from inference.evidence.mention import Mention
from inference.evidence.question import AskedThings, asked_things
from inference.evidence.statement import Assertion, Statement, read_statement
from inference.evidence.verdict import EDGE_S, NEARLY_ALL, CheckedClaim, Verdict
from inference.evidence.watched import Watch

Finding = tuple[Verdict, list[Fact]]

# To speak for a claim a fact must be what may be claimed, and to speak against one what the timeline calls sure.
SUPPORTING_PROBABILITY = LIKELY_PROBABILITY
CONTRADICTING_PROBABILITY = SURE_PROBABILITY
CONTRADICTING_PHASE_PROBABILITY = SURE_PHASE_PROBABILITY
# What a thing's facts must cover of the seconds cited for it: whoever plays them meets it soon.
MIN_SHARE = 0.25
# The same for what excludes all else, and for what speaks against a claim.
MOST = 0.5


def check_claims(
    claims: Iterable[ParsedClaim], facts: Sequence[Fact], *, watch: Watch, question: str = ""
) -> list[CheckedClaim]:
    """Each claim with its verdict and the facts behind it. `question`: what the answer's "yes" or "no" is about."""
    seen = [fact for fact in facts if fact.lane != TEXT_LANE and fact.probability > 0]
    asked = asked_things(question, {fact.key for fact in seen}) if question else None
    return [_checked(claim, Bench(facts=seen, watch=watch), asked) for claim in claims]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a claim is held against."""

    facts: Sequence[Fact]
    watch: Watch


def _checked(claim: ParsedClaim, bench: Bench, asked: AskedThings | None) -> CheckedClaim:
    statement = read_statement(claim.text, {fact.key for fact in bench.facts})
    verdict, behind = _judge(claim, statement, bench, asked)
    return CheckedClaim(
        index=claim.index,
        text=claim.text,
        start_s=claim.start_s,
        end_s=claim.end_s,
        verdict=verdict,
        facts=tuple({fact.id: fact for fact in behind}.values()),
    )


def _judge(claim: ParsedClaim, statement: Statement, bench: Bench, asked: AskedThings | None) -> Finding:
    if not statement.is_checkable:
        return "not_verified", []
    said = [_judge_assertion(one, claim, statement, bench) for one in statement.assertions]
    implied = asked.implied_by(statement) if asked is not None else None
    found = list(said)
    if implied is not None and implied.assertions:
        judged = [_judge_assertion(one, claim, statement, bench) for one in implied.assertions]
        found.append(_any_of(judged) if implied.is_any else _all_of(judged))
    if not found:
        return "not_verified", []
    verdict, behind = _all_of(found)
    is_whole = statement.is_understood and statement.is_clear and (implied is None or implied.is_understood)
    if verdict == "supported" and not (is_whole and _each_span_is_met(claim, said, behind)):
        return "not_verified", behind
    if verdict == "contradicted" and not _may_contradict(statement):
        return "not_verified", behind
    return verdict, behind


def _may_contradict(statement: Statement) -> bool:
    """Of a denial every word has to be understood, or it may deny something else."""
    is_negated = any(one.is_negated for one in statement.assertions)
    return statement.is_clear and (statement.is_understood or not is_negated)


def _all_of(found: Sequence[Finding]) -> Finding:
    against = [fact for verdict, behind in found if verdict == "contradicted" for fact in behind]
    if any(verdict == "contradicted" for verdict, _ in found):
        return "contradicted", against
    behind = [fact for _, facts in found for fact in facts]
    return ("supported" if all(verdict == "supported" for verdict, _ in found) else "not_verified"), behind


def _any_of(found: Sequence[Finding]) -> Finding:
    for wanted in ("supported", "not_verified"):
        for verdict, behind in found:
            if verdict == wanted:
                return verdict, behind
    return _all_of(found)


def _each_span_is_met(claim: ParsedClaim, said: Sequence[Finding], behind: Sequence[Fact]) -> bool:
    """No cited stretch is there for show; a denial's are looked at one by one already."""
    if len(claim.spans) < 2 or len(said) < 2:
        return True
    return all(any(overlap_s(span, _span(fact)) > 0 for fact in behind) for span in claim.spans)


def _judge_assertion(assertion: Assertion, claim: ParsedClaim, statement: Statement, bench: Bench) -> Finding:
    spans = claim.spans or (bench.watch.whole,)
    mention = assertion.mention
    near = [fact for fact in bench.facts if any(overlap_s(span, _span(fact)) > 0 for span in spans)]
    same = [fact for fact in near if fact.key == mention.key]
    others = [fact for fact in near if fact.lane == mention.lane and fact.key != mention.key]
    if assertion.is_negated:
        if mention.is_exclusive:
            return _other_holds(spans, same, others)
        return _absent(assertion, spans, same, others, bench.watch)
    if statement.is_only and not mention.is_exclusive:
        return _alone(same, others)
    is_uncited = not claim.spans
    return _present(mention, statement, spans, same, others, is_uncited=is_uncited, is_one=_is_one(statement))


def _is_one(statement: Statement) -> bool:
    return len({one.mention for one in statement.assertions}) <= 1


def _present(
    mention: Mention,
    statement: Statement,
    spans: Sequence[Span],
    same: Sequence[Fact],
    others: Sequence[Fact],
    *,
    is_uncited: bool,
    is_one: bool,
) -> Finding:
    believed = [fact for fact in same if fact.probability >= SUPPORTING_PROBABILITY]
    shares = [_share(span, believed) for span in spans]
    needed = MOST if mention.is_exclusive else MIN_SHARE
    if statement.is_throughout or (statement.is_only and mention.is_exclusive):
        needed = NEARLY_ALL
    elif is_uncited and not mention.is_exclusive:
        needed = 0.0
    # Several things may each have a stretch of their own.
    if believed and (min(shares) if is_one else max(shares)) >= needed:
        return "supported", believed
    sure = [fact for fact in others if _speaks_against(fact)]
    if mention.is_exclusive and not is_uncited and all(_share(span, sure) >= MOST for span in spans):
        return "contradicted", sure
    return "not_verified", list(same)


def _alone(same: Sequence[Fact], others: Sequence[Fact]) -> Finding:
    """That nothing else is there cannot be shown while some things are not watched; that something is, can."""
    sure = [fact for fact in others if _speaks_against(fact)]
    return ("contradicted", sure) if sure else ("not_verified", list(same))


def _other_holds(spans: Sequence[Span], same: Sequence[Fact], others: Sequence[Fact]) -> Finding:
    """It is denied where one label excludes all others."""
    sure = [fact for fact in same if _speaks_against(fact)]
    if any(_share(span, sure) >= MOST for span in spans):
        return "contradicted", sure
    believed = [fact for fact in others if fact.probability >= SUPPORTING_PROBABILITY]
    if not same and all(_share(span, believed) >= NEARLY_ALL for span in spans):
        return "supported", believed
    return "not_verified", list(same)


def _absent(
    assertion: Assertion, spans: Sequence[Span], same: Sequence[Fact], others: Sequence[Fact], watch: Watch
) -> Finding:
    mention = assertion.mention
    sure = [fact for fact in same if _speaks_against(fact)]
    seen = [fact for fact in sure if any(_is_more_than_edge(span, fact) for span in spans)]
    if seen:
        return "contradicted", seen
    if same or mention.key not in watch.labels or not assertion.of_work or not watch.tells_absence(*mention.key):
        return "not_verified", list(same)
    looked = watch.looked_for(mention.lane)
    if any(share(span, looked) < NEARLY_ALL for span in spans):
        return "not_verified", []
    if watch.is_exclusive(*mention.key) and any(_share(span, others) < NEARLY_ALL for span in spans):
        return "not_verified", []
    return "supported", [fact for fact in others if fact.probability >= SUPPORTING_PROBABILITY]


def _is_more_than_edge(span: Span, fact: Fact) -> bool:
    common_s = overlap_s(span, _span(fact))
    return common_s > EDGE_S or common_s >= MOST * max(span.end_s - span.start_s, 1e-3)


def _share(span: Span, facts: Sequence[Fact]) -> float:
    return share(span, [_span(fact) for fact in facts], edge_s=EDGE_S)


def _span(fact: Fact) -> Span:
    return Span(start_s=fact.start_s, end_s=fact.end_s)


def _speaks_against(fact: Fact) -> bool:
    enough = CONTRADICTING_PHASE_PROBABILITY if fact.lane == PHASE_LANE else CONTRADICTING_PROBABILITY
    return fact.probability >= enough
