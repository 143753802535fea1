"""English questions."""

from inference.evidence.plain_words import FRAMES, NEGATIONS, NEUTRAL, ONLY, OPEN, OR_NOT, THROUGHOUT, TOUCH
from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.asked.words import LanguageWords

# Beyond the words that carry nothing in any sentence.
_ASKING = """
having should may might us him her his your my our without onto between while then than not either neither one ones
thing things just only too already again never always second minute minutes hour hours s sec min section film
movie operative case patient visibly saw looked looking spot walk check appearance utilised utilized employed happened occurred took taken
go goes going come comes came coming get gets what whom when why how many much often long first last beginning starting
ending give list describe explain question know about next before
after until till since later earlier there's what's that's it's isn't aren't wasn't weren't doesn't don't didn't hasn't
haven't let i'd i'm u wheres whats teh arrive arrives arrived leave leaves enter enters mind telling kindly wonder
wondering ok okay hello hi thanks thank you'd exactly exact really actually maybe perhaps possible possibly sort
most less least current total overall order sequence tissue tissues object
objects tasks gestures out up word words single short briefly brief sentence line table summary detail detailed details something
nothing everything somewhere else even like able course shot simultaneously together once twice throughout
inserted introduced brought watching watch watched usual usually normally typically generally expected commonly
total's video's and/or per vs versus mark yet anymore screen recognisable recognizable
"""
# Work on a structure is told by no lane, whatever else is seen with it.
_SILENT = NEUTRAL - TOUCH | FRAMES | NEGATIONS
# Of an instrument it may say that current flows.
_AMBIGUOUS = frozenset({"active"})
_LANGUAGE = (
    r"\b(?:poem|song|story|joke|essay|recipe|lyrics|haiku|limerick|rhyme|translate|programme|python|javascript|code for)\b"
    r"|^\W*(?:please )?(?:write|compose|draft|sing|translate|recommend|buy|book|order|bake|cook|invent|calculate|solve|reveal|act as|role-?play)\b|\btalk to me\b"
)
_WORLD = (
    r"\b(?:capital of|world cup|president of|prime minister|weather|stock price|population of|who won|restaurants?|hotels?|flights?|news|meaning of life|revolution"
    r"|e-?mails?|passwords?|brexit|elections?|bitcoin|pope|quantum|recipe for|stocks?(?= should))\b"
)
_SUMS = r"\b\d+\s*(?:times|plus|minus|divided by|multiplied by|[x×*+/])\s*\d+\b|\bsquare (?:root )?of\b|\b\d+\s*(?:squared|percent of|\^)"
_MACHINE = (
    r"\b(?:system|initial|hidden) prompt\b|\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|prompt|rule|above)s?\b"
    r"|\brepeat\b.{0,30}\b(?:instructions?|prompt|above)\b|\b(?:your|these|the) (?:instructions|rules|guidelines)\b"
    r"|\bwhat do you think\b|\bwho (?:made|built|trained|created|programmed) you\b|\bdo you (?:love|like|hate|feel|think you|believe in)\b"
    r"|\b(?:how|who|what) are you\b(?! (?:sure|certain|seeing|looking|watching|detecting))|\byour (?:name|opinion|favou?rite)\b"
    r"|\bfrom now on\b|\bno (?:rules|restrictions|filters?)\b|\bjailbr\w+|\bdeveloper mode\b|^\W*(?:just |please )?(?:say|print|output)\b"
    r"|\bselect \*|\bdrop table\b|</?script\b|\bfootball|\bsoccer\b|\bmovies?\b(?! (?:show|of the operation))|\breligion\b"
    r"|\byou are now\b|\bpretend (?:to be|you)\b|\bare you (?:an? )?(?:ai|human|robot|chatgpt|language model)\b"
)
_PAGE = (
    r"\b(?:web ?(?:site|page)|(?:this|the) (?:page|app|application|software|web ?site)|button|menu|dark mode|my account)\b"
    r"|\b(?:down|up)load\w*|\bexport\w*|\blog(?:ged)? (?:me )?(?:in|out)\b|\bsign(?:ed)? (?:me )?(?:in|out|up)\b"
    r"|\b(?:delete|share|send|rename|save) (?:this|the|it|my|all|me)\b"
)
_ELSEWHERE = (
    r"\b(?:next|previous|last|other|another) (?:patient|case)s?\b|\bin the literature\b|\bin general\W*$|\bwhat time is it(?: now)?\W*$"
    r"|\binsurance\b|\bsalary\b|\bvoted?\b"
)
_MEANING = (
    r"\bwhat (?:do(?:es)?|did|is|are) (?:you mean (?:by|with) |meant by |it mean )?\W*(?:probably|probability|supported|contradicted|not verified"
    r"|unsure|not enough evidence|the numbers?|the percentages?)\W*(?: here| then)?(?: mean| stand for)?"
)
_RELIABILITY = (
    r"\b(?:make|making|makes) (?:any )?(?:mistakes\b|M)|\bhow (?:accurate|reliable|trustworthy|good) (?:are|is) (?:you|these|the answers?|your answers?|this tool)\b"
    r"|\b(?:are|is) (?:you|the answers?|your answers?|this tool) (?:reliable|accurate|trustworthy|correct)\b|\bcan i (?:trust|rely on) (?:you|this|the|your)\b"
)
_PREVIOUS = (
    r"\bwhat (?:comes|came|happens|happened|is done|was done|goes|went|was|is)\b.{0,12}\b(?:before|beforehand|earlier)(?: (?:that|this|it))?\W*$"
    r"|\bwhich\b.{0,24}\b(?:comes|came|was|is|goes|went)\b.{0,10}\bbefore(?: (?:that|this|it))?\W*$"
    r"|\b(?:previous|preceding|prior) (?:step|phase|stage|one)\b|\b(?:phase|step|stage|one) before(?: (?:that|this|it))?\W*$"
)
_ADVICE = (
    r"\b(?:should|shall|must|can|may|would) (?:i|we) (?:give|buy|prescribe|administer|use|do|take|order|operate|discharge)\b"
    r"|\b(?:antibiotics?|dose|dosage|medications?|drugs?|prescri\w+|painkillers?|anticoagula\w+|heparin)\b"
    r"|\bwhat (?:should|do) (?:i|we) do (?:if|when|with|about)\b|\b(?:what|which|when|how|where|whom?) should (?:i|we)\b(?! (?:look|watch|click|ask)\b)|^\W*should (?:i|we)\b|\bdo you recommend\b|\bprognosis\b|\bside effects?\b|\bhow (?:is|are) \S+ (?:treated|cured|prevented)\b|\btreatment (?:of|for)\b|\bhow (?:do|can|would|should) (?:i|you|one) (?!see|know|tell|find)\w+|\bdiagnos\w+\b"
    r"|\b(?:ibuprofen|paracetamol|acetaminophen|opioids?|morphine|insulin|penicillin|cef\w+)\b|\bpost[- ]?op(?:erative)? (?:care|diet|treatment|pain)\b"
    r"|\b(?:does|did|has|is) (?:the |this )?patient (?:have|got|had|suffer\w*)\b.{0,20}\b(?:cancer|diabetes|cirrhosis|hepatitis|infection|sepsis"
    r"|pancreatitis|cholecystitis|disease|hernia|tumou?r|allerg\w+)\b|\bis (?:the |this )?patient (?:ill|sick|healthy|ok)\b|\bwill (?:the |this )?patient\b"
    r"|\bsurviv\w+|\bpatient\b.{0,12}\b(?:die|dies|died|dead|recover\w*)\b|\bchemo\w*|\bradiotherapy\b"
)
_PERSON = (
    r"\b(?:patient|surgeon|assistant|nurse|anaesthetist|anesthesiologist|doctor)(?:'s)? "
    r"(?:full |first |last )?(?:name|identity|address|phone|age|birthday|insurance)\b"
    r"|\bdate of birth\b|\bname of (?:the )?(?:patient|surgeon|hospital|assistant|doctor)\b|\bmedical record\b"
    r"|\bwho(?: is|'s| was| are| were)\b|\b(?:phone|telephone) number\b|\baddress of\b|\bwho (?:operate|perform|did th)\w*\b"
    r"|\bwhich (?:hospital|surgeon|patient|country|city)\b|\bhow old\b|\bpatient'?s? (?:sex|gender|bmi|weight|height)\b|\bwhat (?:day|date|year)\b|\bis (?:the patient|it) (?:a )?(?:male|female|man|woman)\b"
    r"|\bby whom\b|\bmale or female\b|\bman or (?:a )?woman\b|\b(?:gender|ethnicity|nationality)\b|\b(?:what|which) (?:race|sex)\b"
)
# Where in the picture something lies is told by nobody.
_PLACE = r"\b(?:where|whereabouts|(?:on |at |in )?(?:which|what) (?:side|part|corner|half|edge))\b.{0,40}\b(?:on|in|of) (?:the )?(?:screen|picture|image|frame|view|field)\b"
_MEASURE = (
    r"\bhow (?:deep|large|big|wide|thick|heavy|tall|high|small|far|fast|hot|strong|tight|steep)\b"
    r"|\b(?:pressure|power|wattage|flow rate|settings?|co2|oxygen|temperature|heart rate|pulse|volume|weight|size|diameter|depth|distance|thickness|speed|force|angle|circumference|heart ?beat|saturation|bmi|blood loss|watts?|voltage|costs?|price)\b"
    r"|\b(?:path )?length of\b|\bhow much\b.{0,30}\b(?:weigh|cost|measure)s?\b|\bweighs?\b"
    r"|\b(?:millilit\w+|ml|cc|lit(?:er|re)s?|centimet\w+|millimet\w+|cm|mm|grams?|kg|mmhg|degrees)\b"
    r"|\bhow much (?:blood|fluid|smoke|bile|energy|force|pressure|irrigation|M)|\bblood loss\b"
    r"|\bhow many (?!times|phases|steps|stages|different|instruments?|tools|devices|structures|organs|actions|seconds|minutes)"
)
_SKILL = (
    r"\b(?:rate|score|grade|assess|judge|evaluate|rank)\b.{0,40}\b(?:skills?|performance|technique|surgeon|competen\w+|operation)\b"
    r"|\bbeginners?\b|\brookie\b|\bhire\b|\btalented\b|\bclumsy\b|\b(?:surgeon|operator|he|she)\b.{0,6}\b(?:fast|slow|quick|good|bad|better|worse|best)\b"
    r"|\bhow (?:skilled|skilful|skillful|experienced|competent|proficient)\b"
    r"|\bhow (?:well|good)\b(?=.{0,60}\b(?:surgeons?|operators?|assistant|he|she|they|trainee|resident|doctor|technique|operat\w+|perform\w*)\b)"
    r"|\b(?:skill|skilled|skills|novice|expert|experienced?|proficien\w+|competen\w+|dexterity|osats|goals score|gears|efficien\w+)\b"
    r"|\bsurgeon\b.{0,20}\b(?:score|grade|rating)\b|\b(?:tissue|instrument) handling\b|\bdo(?:ne)? (?:it )?better\b|\bgoals\b(?=.{0,20}\b(?:rating|score))"
)
_CREDENTIAL = (
    r"\blicen[cs]e\w*\b|\bqualified\b|\bqualifications?\b|\bcredential\w*|\bcertif\w+|\bprivileges?\b|\bfit to (?:operate|practi[sc]e)\b"
    r"|\b(?:allowed|permitted|ready|able|trusted|fit) to operate\b|\boperate (?:alone|independently|unsupervised|by (?:him|her)self)\b"
    r"|\bmalpractice\b|\bnegligen\w+|\bliab(?:le|ility)\b|\blawsuit\b|\bsued?\b|\bto blame\b|\bwhose fault\b|\bat fault\b|\bbe (?:fired|dismissed|promoted|suspended)\b"
    r"|\bboard exam\b|\bpass(?:ed|es)? (?:the|his|her|their) (?:exam|assessment|test)\b"
)
_WELL = (
    r"\b(?:correct(?:ly)?|proper(?:ly)?(?! hepatic)|safe|safely|unsafe(?:ly)?|(?:in)?adequate(?:ly)?|(?:in)?appropriate(?:ly)?|(?:in)?sufficient(?:ly)?"
    r"|(?:sub)?optimal(?:ly)?|enough|acceptabl[ey]|ideal(?:ly)?|dangerous(?:ly)?|risky|careful(?:ly)?|careless(?:ly)?|gently|roughly|wrong(?:ly)?"
    r"|satisfactor(?:y|ily)|cleared|skeletoni[sz]ed|textbook|well done|(?:un)?necessary)\b"
    r"|\bright (?:plane|place|layer|way|moment|time|position|spot|tool|instrument|choice|angle|order)\b|\btoo (?:much|far|close|deep|deeply|fast|slow|slowly|early|late|hard|long|aggressive(?:ly)?|high|low)\b"
    r"|\bhow (?:well|good|safe|bad|clean|precise|careful(?:ly)?)\b|\b(?:good|bad|poor|nice|great|excellent) (?:M|view|exposure|traction|plane|technique|dissection|quality|job|work|surgery|operation)\b"
)
# "Is that correct?" asks how sure an answer is.
_JUDGEMENT = rf"^(?!.{{0,3}}(?:is|are|was) (?:that|this|it|you) (?:really )?(?:correct|right|true)\W*$).*?(?:{_WELL})"
_SURENESS = (
    r"\bhow (?:sure|certain|confident|likely|probable|reliable)\b|\bare you (?:really |quite |absolutely |very )?(?:sure|certain|confident)\b"
    r"|\b(?:what|which) (?:is|was) (?:the|your) (?:probability|likelihood|confidence|certainty)\b|\bconfidence\b"
    r"|^\W*(?:no\W+)?(?:you are|you're|that is|that's) (?:wrong|incorrect|not (?:right|true|correct))\b"
    r"|^\W*(?:really|sure|(?:is|are|was) (?:that|this|it|you) (?:really )?(?:true|correct|right|certain|sure))\W*$"
)
_DIFFICULTY = (
    r"\b(?:difficult\w*|parkland|nassar|how (?:hard|easy|complex|challenging)|complexity|hard case|easy case)\b"
    r"(?:.{0,20}\b(?:grade|score|scale)\b)?"
)
_RECORDING = r"(?:video|recording|film|clip|footage|operation|surgery|procedure)"
_VIDEO_LENGTH = (
    rf"\bhow long (?:is|was|did|does|has) (?:the |this )?(?:whole |entire )?{_RECORDING}(?: (?:take|last|run|go on))?\W*$"
    rf"|\b(?:length|duration) of (?:the |this )?(?:whole |entire )?{_RECORDING}\b|\b{_RECORDING} (?:length|duration)\b"
)
_GREETING = (
    r"^\W*(?:(?:hello|hi|hey|thanks?(?: you)?|thx|cheers|help|good (?:morning|evening|afternoon|day|job|work)|bye|goodbye|great|cool|nice|perfect"
    r"|ok(?:ay)?|got it|i see|understood|well done|(?:that is|that's) (?:all|good|great|helpful))(?: (?:a lot|so much|very much|again|there|then|all|everyone|job|for (?:your|the) help))?\W*)+$"
)
_HELP = (
    r"\bwhat (?:can|could|do) (?:you|u) (?:tell(?: me)?|do|answer|look for|know|detect|recogni[sz]e|help)\b"
    r"|\bwhat can i ask\b|\b(?:what|which) (?:labels?|things|classes|categories) (?:do|can|could) (?:you|u)\b"
)
_WHY = r"\bwhy\b|\bhow come\b|\bwhat for\b|\bwhat (?:is|are|was|were)\b.{0,30}\bused for\b|\b(?:reason|purpose|aim|goal|intention|rationale|point) (?:of|for|behind|here)\b|\bfor what reason\b|\bwant(?:s|ed)? to (?:do|achieve)\b|\btrying to (?:do|achieve)\b|\bwhat(?: is|'s) the (?:aim|goal|purpose|point)\b"
_NEXT = (
    r"^\W*what now\W*$|"
    r"\bwhat (?:comes|happens|follows|is done|should follow|would come|is|will (?:come|happen|be done)|step|phase)\b.{0,20}"
    r"\b(?:next|afterwards?|after (?:that|this|it)|then)\b|\b(?:next|following) (?:step|phase|stage|action)\b|\bthen what\b"
    r"|\bwhat (?:comes |follows |is )?next\b|\bwhat follows\b|\b(?:what|which)\b.{0,40}\b(?:going to )?(?:do|doing|done|happen|come|see|expect|instrument)\b.{0,15}\bnext\b|\bwhat.{0,20}\bgoing to (?:do|happen)\b|\bwhich (?:step|phase|stage)\b.{0,20}\b(?:next|follows?|comes after)\b"
    r"|\b(?:what|which)\b.{0,50}\b(?:do|does|done|happens?|comes?|follows?|expect(?:ed)?)\b.{0,12}\b(?:after|following) (?:this|that|it)\b"
)
_DESCRIBE = (
    r"\bdescri(?:be|ption)\b|\bsummar\w+|\boverview\b|\bnarrate\b|\bwalk me through\b|\btell me (?:about|what|everything|all|more|something|anything)\b"
    r"|\bwhat (?:happens|happened|occurs|occurred|takes place|can be seen|goes on|(?:do|does|did|can|could) (?:you|i|we|one|u) (?:see|observe|recogni[sz]e))\b"
    r"|\bwhat(?: is|'s| was) (?:happening|going on|shown|seen|visible|to be seen|there|in (?:the|this)|on (?:the|this|screen)|this|it)\b"
    r"|\bhow does (?:the|this|it) ?(?:video|recording|film|clip|operation)? (?:start|begin|end|finish)\b|\bthe story so far\b|\btimeline\b"
    r"|\bwhat does (?:the|this) (?:video|recording|film|picture|sequence) show\b|\bwhat (?:are we|am i|are you) (?:seeing|looking at|watching)\b"
    r"|\bgist\b|\btl;? ?dr\b|\bkey (?:moments?|events?|points?|steps?)\b|\bhighlights?\b|\b(?:list|give me|show me) (?:everything|all)\b"
    r"|\bwhat (?:is|was)\s+(?:(?:that|which|you|we|to|be) )*(?:see|seen|happens|happened|visible|shown)\b"
    r"|\bwhat is done\b|\bwhat was done\b|\bexplain\b|\bcourse of\b"
)
_KIND = (
    rf"\b(?:what|which) (?:kind|type|sort)s? of (?:an? )?(?:surgical |laparoscopic )?(?:{_RECORDING}|intervention|case)\b"
    r"|\b(?:what|which) (?:operation|surgery|procedure|intervention) (?:is|was|are|am|do|does|did)\b(?! (?:M|the surgeon doing))"
    r"|\bname (?:of )?(?:the |this )?(?:operation|procedure|surgery)\b|\bwhat (?:is|was) (?:the|this) (?:operation|procedure|surgery)(?: called)?\W*$"
    r"|\b(?:real|actual) (?:surgery|operation|procedure)s? or (?:just |only |is it )*(?:an? |in an? )?(?:simulat\w+|exercise|training|box trainer)\b"
    r"|\b(?:real|actual|live|human) (?:\w+ )?or (?:just |only |is it )*(?:an? |in an? )?(?:simulat\w+|exercise|training|box|model|phantom|dummy)\b"
    r"|\blaparoscop\w+\b(?: \w+){0,2} or (?:an? )?open\b(?: one)?|\bopen\b(?: \w+){0,2} or (?:an? )?laparoscop\w+\b(?: one)?"
    rf"|\bwhat is this {_RECORDING} (?:of|about)\b|\bwhat (?:is|was) the {_RECORDING} (?:of|about)\b"
)
_SCREEN_TEXT = (
    r"\b(?:written|text|words|letters|writing|captions?|overlays?|subtitles?|watermark|logo)\b.{0,30}\b(?:screen|image|picture|video|display|frames?)\b"
    r"|\b(?:screen|image|picture|video|display|frames?)\b.{0,20}\b(?:text|written|say|read|captions?|overlays?)\b"
    r"|\bon-?screen text\b|\btext overlays?\b|\boverlays?\b|\bread (?:me )?(?:the )?(?:text|screen)\b|\bany (?:text|captions?|writing)\b"
)
_SUGGESTS = (
    r"\bwhat (?:does|do|can|could|should|would|may)\b.{0,30}\b(?:suggest|imply|implies|mean|tell us|deduced?|concluded?|infer(?:red)?)\b(?: (?:from|about|for) .{0,30}$)?"
    r"|\bwhat follows from (?:this|that|it)\b|\b(?:conclusion|deduction)s?\b"
)
_INSIDE = (
    r"\b(?:inside|within) (?:of )?(?:the )?(?:body|abdomen|patient|belly|abdominal cavity)\b"
    r"|\bin the (?:body|abdomen|belly)\b|\binside or (?:M|outside)|(?:M|\boutside) or inside\b"
)
_INSTRUMENTS = (
    r"\bwhat (?:is|was|are|were) (?:the )?(?:surgeons?|he|she|they|hands?) (?:holding|using)\b|\b(?:which|what) (?:\w+ )?(?:instruments?|tools?|devices?)\b|\bwith (?:which|what)\b|\bwhat is (?:being )?used\b"
    r"|\b(?:list|name|show)\b.{0,20}\b(?:instruments?|tools?|devices?)\b|\b(?:instruments?|tools?) (?:are |is )?(?:visible|used|seen|present)\b"
    r"|\b(?:the|of the) (?:\w+ )?(?:instruments?|tools?|devices?)\b|^(?:and |with |by )?what\W*$|^(?:and )?(?:with|by) what\b"
    r"|\b(?:more than (?:one|1)|several|multiple) (?:instruments?|tools?|devices?)\b"
    r"|\bany (?:instruments?|tools?)\b|\bhow many (?:different )?(?:instruments?|tools?)\b|^(?:and )?(?:the )?(?:instruments?|tools?)\W*$"
    r"|\bwhat (?:is|was) (?:used|the surgeon using|he using|she using)\b|\b(?:are|is) there (?:an? )?(?:instruments?|tools?)\b"
)
_ANATOMY = (
    r"\b(?:which|what) (?:\w+ )?(?:structures?|organs?|anatomy|tissues?|targets?)\b"
    r"|\b(?:list|name)\b.{0,20}\b(?:structures?|organs?|anatomy)\b|^(?:the )?(?:anatomy|organs?|structures?)\W*$"
    r"|\bhow many (?:different )?(?:structures|organs)\b|\bany (?:structures?|organs?)\b|\b(?:structures?|organs?) (?:are |is )?(?:visible|seen|present)\b"
)
_PHASE = (
    r"\b(?:which|what|current|the) (?:\w+ )?(?:phases?|steps?|stages?|part of the (?:operation|procedure|surgery)|task|exercise)\b"
    r"|\bphase (?:is|of|are)\b|\bwhere are we\b|\bhow many phases\b|\bphases?\W*$|\bhow many (?:different )?(?:steps|stages)\b|\bhow far (?:along )?is the operation\b"
    r"|^\W*(?:is|are|was|has|have) (?:the |this )?(?:operation|procedure|surgery|case|we)\b.{0,16}\b(?:over|finished|complete[d]?|done|ended|at an end)\W*(?:yet|now|already)?\W*$"
    r"|^\W*is (?:it|this) (?:all )?(?:over|finished)(?: yet| now| already)?\W*$"
    r"|^\W*(?:is|are|was) (?:this|it|that|we)\b.{0,20}\b(?:start|beginning|middle|end) of (?:the|an) (?:operation|procedure|surgery)\b"
)
_DOING = (
    r"\bwhat (?:is|was|gets) (?:being )?done (?:with|to|on) |\bwhat (?:is|are|was|were) (?:the surgeons?|he|she|they|being|the hands?)\b.{0,20}\bdo(?:ing|ne)\b|\bwhat does the surgeon do\b"
    r"|\bhow many (?:different )?actions\b|\b(?:which|what|(?:which|what) (?:is|was) the first|(?:which|what) (?:is|was) the last) (?:actions?|activity|activities|gestures?|manoeuvres?|maneuvers?|movements?)\b|\bwhat did the surgeon do\b"
    r"|\bwhat(?:'s| is) (?:he|she|the surgeon) (?:doing|up to)\b|\bdoing\b|\bsurgeon do\b|\bwhat (?:is|was) being\b"
)
ENGLISH = LanguageWords(
    code="en",
    neutral=(_SILENT | frozenset(_ASKING.split())) - _AMBIGUOUS,
    intents=(
        (Intent.HELP, _GREETING),
        (Intent.OFF_TOPIC, f"{_LANGUAGE}|{_WORLD}|{_SUMS}|{_MACHINE}|{_PAGE}|{_ELSEWHERE}"),
        (Intent.PERSON, _PERSON),
        (Intent.ADVICE, _ADVICE),
        (Intent.CRITICAL_VIEW, r"\bcritical view(?: of safety)?\b|\bcvs\b|\bstrasberg(?:'s)? criteri(?:a|on)\b"),
        (Intent.CREDENTIAL, _CREDENTIAL),
        (Intent.SKILL, _SKILL),
        (Intent.DIFFICULTY, _DIFFICULTY),
        (Intent.SURENESS, _SURENESS),
        (Intent.JUDGEMENT, _JUDGEMENT),
        (Intent.HELP, _HELP),
        (Intent.RELIABILITY, _RELIABILITY),
        (Intent.KIND, _KIND),
        (Intent.SCREEN_TEXT, _SCREEN_TEXT),
        (Intent.MEANING, _MEANING),
        (Intent.SUGGESTS, _SUGGESTS),
        (Intent.INSIDE, _INSIDE),
        (Intent.VIDEO_LENGTH, _VIDEO_LENGTH),
        (
            Intent.HOW_LONG,
            r"\bhow long\b|\bduration\b|\bhow much time\b|\bhow many (?:seconds|minutes)\b|\btotal time\b|\bhow much of the (?:time|video|recording|operation)\b|\bfor what time\b|\blonger\b"
            r"|\b(?:more|less|longer) than (?:\w+ ){0,3}(?:s|secs?|seconds?|minutes?)\b"
            r"|\b(?:percentage|per ?cent|share|proportion|fraction) of (?:the )?(?:video|time|recording|operation|film)\b",
        ),
        (
            Intent.HOW_OFTEN,
            r"\bhow often\b|\bhow many times\b|\bhow frequently\b|\bmore often\b|\bmore than (?:once|twice)\b|\btwice\b|\bonly once\b"
            r"|\bjust once\b|\b(?:several|multiple|\d+) times\b|\brepeatedly\b|\bmore frequently\b|\bused again\b",
        ),
        (Intent.PREVIOUS, _PREVIOUS),
        (Intent.NEXT, _NEXT),
        (Intent.WHY, _WHY),
        (
            Intent.WHEN,
            r"\bwhen\b(?! (?:the|a) | M)|\bwhen(?= M\W*$)|^\W*(?:and )?when\b|\bat (?:what|which) (?:time|second|minute|moment|point)\b|\bwhat time\b"
            r"|\b(?:which|what) seconds?\b|\bwhere in the (?:video|recording|film)\b|\bfirst (?:appear|seen|visible|used|time)\w*\b"
            r"|\blast (?:appear|seen|visible|used|time)\w*\b|\btime ?stamps?\b|\bfrom when\b|\bwhen's\b|\b(?:exact )?times? (?:at|in) which\b|\bknow when\b|\btell me when\b"
            r"|\bwhen does\b|^\W*(?:please )?(?:jump|go|skip|seek|take me|bring me) to\b|\b(?:find|show me|locate) (?:the )?(?:moments?|times?|places?|points?|parts?) (?:when|where|at which|of)\b",
        ),
        (
            Intent.ANATOMY,
            r"\b(?:which|what) (?:structures?|organs?|anatomy|tissues?|targets?)\b.{0,30}\b(?:instruments?|tools?)\b|\bwhat (?:is|was) the target\b",
        ),
        (Intent.DOING, r"\bwhat do(?:es)? (?:the )?(?:instruments?|tools?) do\b"),
        (Intent.INSTRUMENTS, _INSTRUMENTS),
        (Intent.MEASURE, f"{_PLACE}|{_MEASURE}"),
        (
            Intent.COMPARE,
            r"\bcompar\w+|\bdifferen(?:ce|t from|ces)\b|\bdiffers?\b|\bversus\b|\bvs\b|\b(?:longer|more often|more) than\b"
            r"|M.{0,20}\bor\b.{0,20}M.{0,30}\b(?:more|longer|less|most|longest|least)\b|\b(?:more|longer|less|most|longest|least)\b.{0,20}M.{0,20}\bor\b.{0,20}M",
        ),
        (
            Intent.ORDER,
            r"M.{0,40}\b(?:before|after|earlier than|later than|or)\b.{0,30}M.{0,20}\bfirst\b|M.{0,60}\b(?:before|after|earlier|later)\b.{0,40}M|M.{0,20}\bfollowed by\b.{0,20}M|\bfirst\b.{0,20}M.{0,20}\bor\b.{0,20}M|\bearlier\b.{0,20}M.{0,20}\bor\b.{0,20}M|\bwhich (?:is|was|came|comes) first\b|\bwhich of (?:the two|them|these|those)\b.{0,30}\b(?:first|earlier)\b",
        ),
        (Intent.PHASE, _PHASE),
        (Intent.ANATOMY, _ANATOMY),
        (Intent.DOING, _DOING),
        (Intent.DESCRIBE, _DESCRIBE),
        (Intent.INSTRUMENTS, r"\b(?:instruments|tools)\b"),
    ),
    time_words={
        "after_end": r"\bafter the (?:video|recording|clip|film) (?:ends?|is over|stops|has ended)\b|\bafter the end\b",
        "before_end": r"{d}\s+before (?:the )?(?:very )?(?:end|video ends|recording ends|clip ends)\b",
        "from_start": r"\bfrom (?:the )?(?:very )?(?:start|beginning)\s*(?:to|until|till|-|–)\s*{a}",
        "to_end": r"\b(?:from|after|since)\s+{a}\s*(?:to|until|till|-|–)\s*(?:the )?(?:very )?end\b",
        "after_first": r"\bafter (?:the )?(?:very )?(?:first|opening|initial)\s+{d}",
        "before_last": r"\b(?:before|until) (?:the )?(?:very )?(?:last|final)\s+{d}",
        "first_third": r"\b(?:first|opening) third\b(?! M)",
        "middle_third": r"\b(?:second|middle) third\b(?! M)",
        "last_third": r"\b(?:last|final) third\b(?! M)",
        "middle": r"(?:\b(?:in|at|around|about|near) (?:the )?middle\b|\b(?:half|mid)[ -]?way\b(?: through)?)"
        r"(?:(?: of)? (?:the |this )?(?:video|recording|clip|film)\b|(?! of| through| M))",
        "offset_before": r"{d}\s+before\s+(?:the\s+)?{b}(?:\s+mark)?",
        "offset_after": r"\b(?:within\s+)?{d}\s+after\s+(?:the\s+)?{b}(?:\s+mark)?",
        "from_to": r"(?:from|between)\s+(?:the\s+)?{a}\s*(?:to|and|until|till|-|–)\s*{b}",
        "range": r"{a}\s*(?:-|–|to|until|till|through|thru)\s*{b}",
        "after": r"\b(?:after|from|since|past|(?:starting|beginning) (?:at|from)|as of)\s+(?:the\s+)?{a}(?:\s+mark)?(?:\s+on(?:wards?)?)?",
        "before": r"\b(?:before|until|till|up to)\s+(?:the\s+)?{a}(?:\s+mark)?",
        "at": r"\b(?:at|around|about|near|in)\s+(?:the\s+)?{a}(?:\s+mark)?",
        "at_in": r"{a}\s+in(?:to the video)?(?=\W*$)",
        "unit_first": r"\b{u}",
        "minute": "minutes?",
        "second": "seconds?",
        "first": r"\b(?:very )?(?:first|opening|initial)\s+{d}",
        "last": r"\b(?:very )?(?:last|final|closing)\s+{d}",
        "first_half": r"\bfirst half\b",
        "second_half": r"\b(?:second|last|latter) half\b",
        "start": r"\b(?:at|in|near) the (?:very )?(?:start|beginning)\b|\b(?:the )?(?:very )?first thing\b",
        "end": r"\b(?:the )?(?:very )?last thing\b|\b(?:at|towards?|near|in) the (?:very )?end\b|\bfinally\b|(?<=how does the )video end\b|(?<=how does it )end\b",
        "units": r"(?:(?P<h>h|hours?)|(?P<m>m|min|mins|minutes?)|(?P<s>s|secs?|seconds?))",
    },
    numbers={"a": 1, "one": 1},
    asides=OR_NOT.pattern
    + r"|\b(?:to|for) (?:a|an|my) (?:medical |first-year |junior )?(?:student|trainee|resident|layperson|beginner)s?\b",
    traits={
        Trait.ONE_WORD: r"\b(?:answer|reply|respond)\b(?: only| just)?(?: with| in)?(?: a| only)? "
        r"(?:yes|no|one word|single word|one name|the phase)(?: (?:or|/) no)?\b(?: only)?|\byes or no\b",
        Trait.NEGATED: r"\b(?:"
        + "|".join(sorted(NEGATIONS))
        + r")\b|n't\b|^\W*(?:does|did|do|has|have)\b.{0,40}\b(?:leave|left) (?:the )?(?:picture|frame|view|screen|field|image)\b"
        r"|\bout of (?:the )?(?:view|sight|picture|frame|shot)\b",
        Trait.ONLY: r"\b(?:" + "|".join(sorted(ONLY - {"alone", "just"})) + r")\b|\bnothing but\b",
        Trait.THROUGHOUT: r"\b(?:" + "|".join(sorted(THROUGHOUT)) + r")\b|\b(?:the |for the )?(?:whole|entire) "
        r"(?:time|video|recording|operation|film)\b|\ball the time\b|\ball the way\b|\bat all times\b",
        Trait.TOGETHER: r"\btogether\b|\bat the same time\b|\bsimultaneously\b|\bat once\b",
        Trait.FIRST: r"\bfirst\b|\b(?:start|begin)s?\b(?= (?:and|or) (?:end|stop|finish))",
        Trait.LAST: r"\b(?:last|until when|stop|stops|stopped|leave|leaves|left the|ends?|ended|finish\w*|disappears?)\b",
        Trait.MOST: r"\b(?:most|longest|main(?= (?:instrument|tool|action)\b)|mainly|mostly|predominant(?:ly)?)\b(?: often)?",
        Trait.LEAST: r"\b(?:least|shortest|rarest|briefest)\b",
        Trait.EXCEPT: r"\b(?:apart from|besides|except(?: for)?|excluding|other than|aside from)\b",
        Trait.COUNT: r"\bhow many\b|\bmore than (?:one|1) (?=instrument|tool|device)|\b(?:several|multiple) (?=instruments|tools|devices)",
        Trait.WORK: r"\b(?:worked|working|works?|acts?|acted|acting) (?:up)?on\b|\btouch(?:es|ed|ing)?\b|\boperated on\b"
        r"|\bmanipulat\w+\b|\bhandled\b|\binstruments? on (?=(?:the |an? )?M)|\btools? on (?=(?:the |an? )?M)|\btarget(?:ed|s)?\b",
        Trait.OPEN: OPEN.pattern,
    },
    anchors={
        "during": r"(?<=\S )(?:during|while|throughout|as|when|together with|along with|alongside|at the same time as) (?:the |a |an )?(?:phase (?:of )?)?(?:surgeon (?:is )?)?M"
        r"(?: (?:phase|step|stage))?|^during (?:the )?M(?: (?:phase|step|stage))?|(?<=\S )in the M (?:phase|step|stage)\b",
        "in_phase": r"(?<=\S )in (?:the )?M(?: (?:phase|step|stage))?",
        "before": r"\b(?P<close>(?:right|just|shortly|immediately|directly|straight) )?(?:before|prior to|until|precedes|preceding) (?:the |a |an )?M(?: phase)?",
        "after": r"\b(?P<close>(?:right|just|shortly|immediately|directly|straight) )?(?:after|following|since) (?:the |a |an )?M(?: phase)?",
    },
    pronouns=r"\b(?:it|they|them)\b(?! (?:possible|true|correct|clear|the|a|an)\b)",
    names=frozenset(
        [
            "tissue",
            "tissues",
            "anatomy",
            "structure",
            "structures",
            "instrument",
            "instruments",
            "tool",
            "tools",
            "surgeon",
            "patient",
            "operator",
            "handling",
            "camera",
            "lens",
            "phase",
            "step",
            "operation",
            "surgery",
            "dissection",
            "technique",
            "view",
            "of",
            "safety",
        ]
    ),
    refers_back=r"\b(?:it|its|this|that|these|those|they|them|one)\b",
    begins_follow_up=r"^\W*(?:and|but|also|then|only|what about|how about|or|now|just|with|by)\b",
)
