"""English questions."""

from inference.evidence.plain_words import NEUTRAL
from inference.evidence.question import FRAMES
from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.words import LanguageWords

# Beyond the words that carry nothing in any sentence.
_ASKING = """
having should may might us him her his your my our without onto between while then than not either neither one ones
thing things just only too already again never always second minute minutes hour hours s sec min half section film
movie operative case patient visibly saw looked looking spot utilised utilized employed happened occurred took taken
go goes going come comes came get gets what whom when why how many much often long first last began beginning started
starting end ends ended ending stop stops finish finishes give list describe explain question know about next before
after until till since later earlier there's what's that's it's isn't aren't wasn't weren't doesn't don't didn't let
ok okay hello hi thanks thank exactly really actually maybe perhaps possible possibly sort different same other
another more most less least current total complete overall duration length order sequence tissue tissues object
objects tasks gestures out up word words single short briefly brief sentence summary detail detailed details something
nothing everything somewhere else even like able course shot hand hands simultaneously together once twice throughout
total's video's and/or per vs versus
"""
_LANGUAGE = r"\b(?:poem|song|story|joke|essay|recipe|lyrics|haiku|translate|programme|python|javascript|code for)\b"
_WORLD = r"\b(?:capital of|world cup|president of|prime minister|weather|stock price|population of|who won)\b"
_SUMS = r"\b\d+\s*(?:times|plus|minus|divided by|multiplied by|[x×*+/])\s*\d+\b|\bsquare root\b"
_MACHINE = (
    r"\b(?:system|initial|hidden) prompt\b|\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|prompt|rule|above)s?\b"
    r"|\byou are now\b|\bpretend (?:to be|you)\b|\bare you (?:an? )?(?:ai|human|robot|chatgpt|language model)\b"
)
_ADVICE = (
    r"\b(?:should|shall|must|can|may|would) (?:i|we) (?:give|prescribe|administer|use|do|take|order|operate|discharge)\b"
    r"|\b(?:antibiotics?|dose|dosage|medications?|drugs?|prescri\w+|painkillers?|anticoagula\w+|heparin)\b"
    r"|\bwhat (?:should|do) (?:i|we) do (?:if|when|with|about)\b|\bdo you recommend\b|\bprognosis\b|\bdiagnos\w+\b"
)
_PERSON = (
    r"\b(?:patient|surgeon|assistant|nurse|anaesthetist|anesthesiologist|doctor)(?:'s)? "
    r"(?:full |first |last )?(?:name|identity|address|phone|age|birthday|insurance)\b"
    r"|\bdate of birth\b|\bname of (?:the )?(?:patient|surgeon|hospital|assistant|doctor)\b|\bmedical record\b"
    r"|\bwho(?: is|'s| was| are| were) (?:the |this |that |operating|performing)|\bwho (?:operate|perform|did th)\w*\b"
    r"|\bwhich (?:hospital|surgeon|patient|country|city)\b|\bhow old\b|\bis (?:the patient|it) (?:a )?(?:male|female|man|woman)\b"
)
_MEASURE = (
    r"\bhow (?:deep|large|big|wide|thick|heavy|tall|high|small|far|fast|hot|strong|tight|steep)\b"
    r"|\b(?:pressure|temperature|heart rate|pulse|volume|weight|size|diameter|depth|distance|thickness|speed|force|angle)\b"
    r"|\b(?:millilit\w+|ml|cc|lit(?:er|re)s?|centimet\w+|millimet\w+|cm|mm|grams?|kg|mmhg|degrees)\b"
    r"|\bhow much (?:blood|fluid|smoke|bile|energy|force|pressure|irrigation|M)|\bblood loss\b"
    r"|\bhow many (?!times|phases|different|instruments? (?:are|is|can)|seconds|minutes|tools (?:are|can))"
)
_SKILL = (
    r"\b(?:rate|score|grade|assess|judge|evaluate|rank)\b.{0,40}\b(?:skills?|performance|technique|surgeon|competen\w+|operation)\b"
    r"|\bhow (?:well|good|skilled|skilful|skillful|experienced|competent|proficient)\b"
    r"|\b(?:skill|skilled|skills|novice|expert|experienced|proficien\w+|competen\w+)\b"
)
_WHY = r"\bwhy\b|\bwhat for\b|\b(?:reason|purpose|aim|goal|intention|rationale|point) (?:of|for|behind|here)\b|\bfor what reason\b"
_NEXT = (
    r"\bwhat (?:comes|happens|follows|is done|should follow|would come|is|will (?:come|happen|be done)|step|phase)\b.{0,20}"
    r"\b(?:next|afterwards?|after (?:that|this|it)|then)\b|\b(?:next|following) (?:step|phase|stage|action)\b|\bthen what\b"
    r"|\bwhat (?:comes |follows |is )?next\b|\bwhat follows\b|\bwhich (?:step|phase|stage)\b.{0,20}\b(?:next|follows?|comes after)\b"
)
_DESCRIBE = (
    r"\bdescri(?:be|ption)\b|\bsummar\w+|\boverview\b|\bnarrate\b|\bwalk me through\b|\btell me (?:about|what)\b"
    r"|\bwhat (?:happens|happened|occurs|occurred|takes place|can be seen|do you see|goes on|can (?:you|i|we) see)\b"
    r"|\bwhat(?: is|'s| was) (?:happening|going on|shown|seen|visible|to be seen|there|in (?:the|this)|on (?:the|this)|this|it)\b"
    r"|\bwhat does (?:the|this) (?:video|recording|film|picture|sequence) show\b|\bwhat are we (?:seeing|looking at)\b"
    r"|\bwhat is done\b|\bwhat was done\b|\bexplain\b|\bcourse of\b"
)
_INSTRUMENTS = (
    r"\b(?:which|what) (?:\w+ )?(?:instruments?|tools?|devices?)\b|\bwith (?:which|what)\b|\bwhat is (?:being )?used\b"
    r"|\b(?:list|name|show)\b.{0,20}\b(?:instruments?|tools?|devices?)\b|\b(?:instruments?|tools?) (?:are |is )?(?:visible|used|seen|present)\b"
    r"|\bany (?:instruments?|tools?)\b|\bhow many (?:different )?(?:instruments?|tools?)\b|^(?:the )?(?:instruments?|tools?)\W*$"
    r"|\bwhat (?:is|was) (?:used|the surgeon using|he using|she using)\b|\b(?:are|is) there (?:an? )?(?:instruments?|tools?)\b"
)
_ANATOMY = (
    r"\b(?:which|what) (?:\w+ )?(?:structures?|organs?|anatomy|tissues?|targets?)\b"
    r"|\b(?:list|name)\b.{0,20}\b(?:structures?|organs?|anatomy)\b|^(?:the )?(?:anatomy|organs?|structures?)\W*$"
    r"|\bany (?:structures?|organs?)\b|\b(?:structures?|organs?) (?:are |is )?(?:visible|seen|present)\b"
)
_PHASE = (
    r"\b(?:which|what|current|the) (?:\w+ )?(?:phases?|steps?|stages?|part of the operation|task|exercise)\b"
    r"|\bphase (?:is|of|are)\b|\bwhere are we\b|\bhow many phases\b|\bphases?\W*$|\bhow far (?:along )?is the operation\b"
)
_DOING = (
    r"\bwhat (?:is|are|was|were) (?:the surgeons?|he|she|they|being|the hands?)\b.{0,20}\bdo(?:ing|ne)\b|\bwhat does the surgeon do\b"
    r"|\b(?:which|what) (?:actions?|activity|activities|gestures?|manoeuvres?|maneuvers?|movements?)\b|\bwhat did the surgeon do\b"
    r"|\bwhat(?:'s| is) (?:he|she|the surgeon) (?:doing|up to)\b|\bdoing\b|\bsurgeon do\b|\bwhat (?:is|was) being\b"
)
ENGLISH = LanguageWords(
    code="en",
    neutral=NEUTRAL | FRAMES | frozenset(_ASKING.split()),
    intents=(
        (Intent.OFF_TOPIC, f"{_LANGUAGE}|{_WORLD}|{_SUMS}|{_MACHINE}"),
        (Intent.PERSON, _PERSON),
        (Intent.ADVICE, _ADVICE),
        (Intent.CRITICAL_VIEW, r"\bcritical view(?: of safety)?\b|\bcvs\b"),
        (Intent.SKILL, _SKILL),
        (
            Intent.HOW_LONG,
            r"\bhow long\b|\bduration\b|\bhow much time\b|\bhow many (?:seconds|minutes)\b|\btotal time\b|\bfor what time\b",
        ),
        (Intent.HOW_OFTEN, r"\bhow often\b|\bhow many times\b|\bhow frequently\b"),
        (Intent.NEXT, _NEXT),
        (Intent.WHY, _WHY),
        (
            Intent.WHEN,
            r"\bwhen\b(?! (?:the|a) )|^\W*(?:and )?when\b|\bat (?:what|which) (?:time|second|minute|moment|point)\b|\bwhat time\b"
            r"|\b(?:which|what) seconds?\b|\bwhere in the (?:video|recording|film)\b|\bfirst (?:appear|seen|visible|used|time)\w*\b"
            r"|\blast (?:appear|seen|visible|used|time)\w*\b|\btime ?stamps?\b|\bfrom when\b",
        ),
        (Intent.INSTRUMENTS, _INSTRUMENTS),
        (Intent.MEASURE, _MEASURE),
        (
            Intent.COMPARE,
            r"\bcompar\w+|\bdifferen(?:ce|t from|ces)\b|\bdiffers?\b|\bversus\b|\bvs\b|\b(?:longer|more often|more) than\b",
        ),
        (
            Intent.ORDER,
            r"M.{0,40}\b(?:before|after|earlier than|later than|or)\b.{0,30}M.{0,20}\bfirst\b|M.{0,60}\b(?:before|after|earlier|later)\b.{0,40}M|\bfirst\b.{0,20}M.{0,20}\bor\b.{0,20}M|\bwhich (?:is|was|came|comes) first\b",
        ),
        (Intent.PHASE, _PHASE),
        (Intent.ANATOMY, _ANATOMY),
        (Intent.DOING, _DOING),
        (Intent.DESCRIBE, _DESCRIBE),
    ),
    time_words={
        "from_to": r"(?:from|between)\s+{a}\s*(?:to|and|until|till|-|–)\s*{b}",
        "range": r"{a}\s*(?:-|–|to|until|till)\s*{b}",
        "after": r"\b(?:after|from|since|past)\s+{a}(?:\s+on(?:wards?)?)?",
        "before": r"\b(?:before|until|till|up to)\s+{a}",
        "at": r"\b(?:at|around|about|near)\s+{a}",
        "unit_first": r"\b{u}",
        "minute": "minute",
        "second": "second",
        "first": r"\b(?:first|opening|initial)\s+{d}",
        "last": r"\b(?:last|final|closing)\s+{d}",
        "first_half": r"\bfirst half\b",
        "second_half": r"\b(?:second|last|latter) half\b",
        "start": r"\b(?:at|in|near) the (?:very )?(?:start|beginning)\b",
        "end": r"\b(?:at|towards?|near|in) the (?:very )?end\b|\bfinally\b",
        "units": r"(?:(?P<h>h|hours?)|(?P<m>m|min|mins|minutes?)|(?P<s>s|secs?|seconds?))",
    },
    numbers={
        "a": 1,
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "fifteen": 15,
        "twenty": 20,
        "thirty": 30,
        "sixty": 60,
    },
    refers_back=r"\b(?:it|its|this|that|these|those|they|them|one)\b",
    begins_follow_up=r"^\W*(?:and|but|also|then|only|what about|how about|or|now|just|with)\b",
)
