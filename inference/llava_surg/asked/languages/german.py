"""German questions."""

from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.asked.words import LanguageWords

_NEUTRAL = """
bildschirm monitor steht art sorte eingeblendet schließen
der die das den dem des ein eine einen einem einer eines ist sind war waren wird werden wurde wurden worden sein hat
haben hatte kann können könnte man ich du er sie es wir ihr sein seine ihre mein mir uns im in ins am an auf aus bei
beim von vom zu zum zur mit ohne nach vor für über unter zwischen während und oder aber wenn als auch nur noch schon
jetzt gerade hier da dort dies diese dieser dieses diesem diesen jene welche welcher welches welchen welchem was wer wen
wo wann warum wieso weshalb wie viel viele oft lange lang nicht kein keine keinen keiner ja nein bitte etwas alle alles
irgendein irgendeine irgendwo video videos film aufnahme clip bild bilder szene ausschnitt abschnitt teil hälfte
sekunde sekunden minute minuten stunde sek min s uhr zeit zeitpunkt moment operation op eingriff chirurg chirurgin
operateur operateurin patient patientin sichtbar sehen sieht seht siehst zu gesehen zeigt zeigen gezeigt erscheint
erscheinen vorhanden benutzt verwendet verwenden eingesetzt genutzt benutzen passiert geschieht gemacht macht machen tut
getan los gibt geben beschreibe beschreiben beschreib zusammenfassung erkläre sag nenne instrument instrumente
instrumenten werkzeug werkzeuge struktur strukturen organ organe phase phasen schritt schritte aktion aktionen
handlung anfang beginn beginnt ende endet zuerst zuletzt erste ersten erstes letzte letzten danach davor dann nächste
nächster nächstes folgt kommt insgesamt gesamt dauer dauert bis ab seit doch denn mal wohl gut genau genauer gleichzeitig
so dass ob zum beispiel wort kurz durchgeführt gearbeitet arbeitet
bist seid sicher kannst könntest könnten sagen sagst zeig nenn liste auflisten eventuell mich
fass fasse zusammen taucht auftaucht einsatz auftritt tritt verschwindet sehe erkennen erkennt erkennbar gab erkennst befindet
"""
GERMAN = LanguageWords(
    code="de",
    neutral=frozenset(_NEUTRAL.split()),
    intents=(
        (
            Intent.OFF_TOPIC,
            r"\bgedicht\b|\bwer (?:bist du|sind sie)\b|\bhauptstadt\b|\bwer hat dich\b|\brezept für\b|\bliebst du\b|\bpasswort\b|\be-?mail\b|\bwetter\b|\bwitz\b|\blied\b|\bweltmeister|\bübersetze\b|\bsystem ?prompt\b|\bignorier\w+\b.{0,40}\banweisung|\b\d+\s*(?:mal|plus|minus|geteilt durch|[x×*+])\s*\d+",
        ),
        (
            Intent.PERSON,
            r"\bname(?:n)? (?:des|der|vom)\b|\bgeburtsdatum\b|\bwie heißt (?:der|die)\b|\bwer (?:ist|war|operiert)\b|\bwie alt\b",
        ),
        (
            Intent.ADVICE,
            r"\bsoll(?:te)? ich\b|\bsollen wir\b|\bantibioti\w+|\bdosis\b|\bdosierung\b|\bmedikament\w*|\bdiagnose\b|\bempfiehlst\b",
        ),
        (Intent.CRITICAL_VIEW, r"\bcritical view(?: of safety)?\b|\bkritische[rn]? (?:sicht|blick)\w*\b|\bcvs\b"),
        (
            Intent.CREDENTIAL,
            r"\bapprobation\w*|\bzulassung\w*|\bqualifiziert\b|\bzertifi\w+|\bschuld\b|\bkunstfehler\w*|\bfahrlässig\w*|\bentlassen\b|\ballein(?:e)? operieren\b",
        ),
        (
            Intent.SKILL,
            r"\bbewerte\b|\bbeurteil\w+\b|\bwie gut\b|\bfertigkeit\w*|\bgeschick\w*|\bkönnen des\b|\berfahren\b",
        ),
        (
            Intent.SURENESS,
            r"\bwie sicher\b|\b(?:bist du|sind sie) (?:dir |sich )?(?:da |wirklich )?sicher\b|\bwie wahrscheinlich\b|^\W*(?:wirklich|sicher)\W*$|\bstimmt das\b",
        ),
        (
            Intent.JUDGEMENT,
            r"\b(?:richtig\w*|korrekt\w*|sicher (?:genug|durchgeführt|verwendet|eingesetzt|angewendet|zu)|falsch\w*|ausreichend\w*|angemessen\w*|sorgfältig\w*|vorsichtig\w*|gut genug|genug|zu (?:viel|tief|nah|schnell|langsam|stark)|optimal\w*|gefährlich\w*|fachgerecht\w*)\b|\bwie gut\b(?!.{0,40}\b(?:chirurg|operateur|operier))",
        ),
        (
            Intent.DIFFICULTY,
            r"\bwie (?:schwierig|schwer|komplex|einfach)\b(?! ist die gallenblase)|\bschwierigkeit\w*\b|\bschwierig\b",
        ),
        (
            Intent.VIDEO_LENGTH,
            r"\bwie lange? (?:ist|dauert|geht) (?:das|die|der) (?:ganze )?(?:video|film|aufnahme|operation|eingriff)\W*$",
        ),
        (
            Intent.KIND,
            r"\bist (?:das|dies|es) (?:hier )?(?:eine |wirklich eine )?(?:laparoskopische )?(?:cholezystektomie|gallenblasen(?:operation|op|entfernung))\b|\bwelche (?:art|sorte)(?: von)? (?:operation|op|eingriff|video|aufnahme)\b|\bwas für (?:eine?n? )?(?:operation|op|eingriff|video|aufnahme)\b|\bwelche (?:operation|op) (?:ist|wird|war|sehen)\b|\bwelcher eingriff\b|\bum welche (?:operation|op)\b",
        ),
        (
            Intent.SCREEN_TEXT,
            r"\b(?:text|schrift|wörter|einblendung\w*|beschriftung)\b.{0,30}\b(?:bildschirm|bild|video|monitor)\w*\b|\bwas steht (?:auf|im)\b.{0,20}\b(?:bildschirm|bild|video|monitor)\b|\beinblendung\w*\b",
        ),
        (
            Intent.SUGGESTS,
            r"\bwas (?:lässt sich|kann man|schließt du|folgt|folgert man)\b.{0,12}\b(?:daraus|hieraus)\b.{0,14}|\bwas bedeutet das\b|\bwas legt das nahe\b",
        ),
        (Intent.HELP, r"^\W*(?:hallo|danke|hilfe|guten (?:tag|morgen))\W*$|\bwas kannst du\b"),
        (Intent.HOW_LONG, r"\bwie lange?\b|\bdauer\b|\bwie viele? (?:sekunden|minuten|zeit)\b"),
        (Intent.HOW_OFTEN, r"\bwie oft\b|\bwie viele? mal\b|\bwie häufig\b"),
        (
            Intent.PREVIOUS,
            r"\bwas (?:war|kam|kommt|ist|passierte|geschah|wurde)\b.{0,12}\b(?:davor|vorher|zuvor)\b|\b(?:vorherige|vorige|vorhergehende)[nrs]? (?:phase|schritt)\b|^\W*(?:und )?(?:davor|vorher|zuvor)\W*$",
        ),
        (
            Intent.NEXT,
            r"\bwas (?:kommt|passiert|folgt|geschieht|wird)\b.{0,20}\b(?:danach|als nächstes|dann|anschließend)\b|\bnächste[rns]? (?:schritt|phase)\b|\bund danach\b|^\W*(?:und )?dann\W*$|\bwas folgt\b|\bwie geht es weiter\b",
        ),
        (Intent.WHY, r"\bwarum\b|\bwieso\b|\bweshalb\b|\bwozu\b|\bgrund\b|\bzweck\b|\bziel\b"),
        (Intent.WHEN, r"\bwann\b|\b(?:zu|in) welche[rnm] (?:zeit\w*|sekunde|minute|moment)\b|\bab wann\b"),
        (
            Intent.INSTRUMENTS,
            r"\bwelche[rsn]? (?:\w+ )?(?:instrumente?n?|werkzeuge?|geräte?)\b|\bwie viele (?:verschiedene )?(?:instrumente|werkzeuge)\b|\bwomit\b|\bmit welche[mnr]\b|^(?:die )?instrumente\W*$",
        ),
        (
            Intent.MEASURE,
            r"\bwie (?:tief|groß|breit|dick|hoch|schwer|schnell|stark)\b|\bdruck\b|\btemperatur\b|\bherzfrequenz\b|\bvolumen\b|\bblutverlust\b|\bwie viel(?:e)? (?:milliliter|ml|blut|liter)\b|\b(?:milliliter|zentimeter|millimeter)\b|\bwie viele\b",
        ),
        (
            Intent.PHASE,
            r"\bwelche[rs]? (?:\w+ )?(?:phase|schritt|abschnitt der operation|operationsphase)\w*\b|\bphase\W*$|\bwo sind wir\b",
        ),
        (Intent.ANATOMY, r"\bwelche[rs]? (?:\w+ )?(?:strukturen?|organe?|anatomie)\b"),
        (
            Intent.DOING,
            r"\bwas (?:macht|tut) (?:der|die)\b|\bwelche (?:aktion|handlung)\w*\b|\bwas wird (?:gerade |hier )?(?:gemacht|getan)\b",
        ),
        (
            Intent.DESCRIBE,
            r"\bbeschreib\w*|\bfasse?\b.{0,30}\bzusammen\b|\bzusammenfass\w*|\bwas (?:ist|sieht man|passiert|geschieht|sehe ich|siehst du)\b.{0,40}|\bwas zeigt\b|\berklär\w*|\bwas wird gezeigt\b",
        ),
        (Intent.INSTRUMENTS, r"\b(?:instrumente?n?|werkzeuge?)\b"),
    ),
    labels=(
        (
            ("phase", "carlot-triangle-dissection"),
            r"\b(?:präparation|dissektion) (?:des|im) (?:calot\w*|calot-dreiecks?|calot'schen dreiecks?)(?: dreiecks?)?\b",
        ),
        (
            ("phase", "gallbladder-dissection"),
            r"\bgallenblasen(?:dissektion|präparation|ablösung)\b|\b(?:dissektion|ablösung|präparation) der gallenblase\b",
        ),
        (("phase", "gallbladder-packaging"), r"\b(?:bergung in den beutel|verpacken der gallenblase)\b"),
        (
            ("phase", "gallbladder-extraction"),
            r"\b(?:gallenblasenbergung|bergung der gallenblase|entfernung der gallenblase)\b",
        ),
        (("phase", "clipping-and-cutting"), r"\b(?:klippen|clippen) und (?:schneiden|durchtrennen)\b"),
        (("phase", "cleaning-and-coagulation"), r"\b(?:reinigung und (?:koagulation|blutstillung))\b"),
        (("instrument", "needle_driver"), r"\bnadelhalter\w*\b"),
        (("instrument", "grasper"), r"\b(?:fass|greif)(?:zangen?|er|ern|instrumente?)\b"),
        (("instrument", "bipolar"), r"\bbipolare?[nrs]?(?: (?:zangen?|pinzetten?|klemmen?))?\b"),
        (("instrument", "hook"), r"\b(?:elektro|präparier|diathermie)?(?:haken\w*|häkchens?)\b"),
        (("instrument", "scissors"), r"\bscheren?\b"),
        (("instrument", "clipper"), r"\b(?:clip|klipp?)(?:applikator|zange|setzer|per|gerät)(?:en|s)?\b"),
        (("instrument", "irrigator"), r"\b(?:spül\w*sauger|saug\w*spül\w*|sauger|spüler|absaugung)\b"),
        (("instrument", "specimen_bag"), r"\bberge(?:beutel|sack)\w*\b|\bbeutel\b"),
        (("target", "cystic_duct"), r"\bductus cysticus\b|\bgallenblasengang\w*\b|\bzystikus\w*gang\w*\b|\bcysticus\b"),
        (("target", "cystic_artery"), r"\b(?:arteria|a\.) cystica\b|\bgallenblasenarterie\b|\bzystische arterie\b"),
        (("target", "common_bile_duct"), r"\b(?:ductus choledochus|choledochus|gallengang\w*|hauptgallengang)\b"),
        (("target", "cystic_plate"), r"\b(?:gallenblasenbett|leberbett)\b"),
        (("target", "gallbladder"), r"\bgallenblase\b"),
        (("target", "liver"), r"\bleber\b"),
        (("target", "gut"), r"\bdarm\w*\b"),
        (("target", "omentum"), r"\b(?:omentum|netz)\b"),
        (("target", "peritoneum"), r"\b(?:peritoneum|bauchfell)\b"),
        (("finding", "bleeding"), r"\b(?:nach)?blut(?:ung(?:en)?|et|en)?\b"),
        (("finding", "trocar"), r"\btrokare?n?s?\b"),
        (("finding", "gauze"), r"\b(?:tupfer|kompresse|bauchtuch)\w*\b"),
        (("finding", "bile leak"), r"\bgallen?(?:leck\w*|austritt)\b"),
        (("verb", "coagulate"), r"\bkoagul\w+\b"),
        (("verb", "clip"), r"\b(?:ge)?(?:klipp?t|clippt)\b|\b(?:klippen|clippen|clipping)\b"),
        (("verb", "cut"), r"\b(?:schneide[nt]?|geschnitten|durchtrenn\w+)\b"),
        (("verb", "dissect"), r"\b(?:präparier\w*|dissektion|disseziert)\b"),
        (("verb", "irrigate"), r"\b(?:gespült|spülen|spült)\b"),
        (("verb", "aspirate"), r"\b(?:abgesaugt|absaugen|saugt)\b"),
        (("verb", "grasp"), r"\b(?:gegriffen|gefasst|greifen)\b"),
    ),
    time_words={
        "from_to": r"\b(?:von|zwischen)\s+{a}\s*(?:bis|und|-|–)\s*{b}",
        "range": r"{a}\s*(?:-|–|bis)\s*{b}",
        "after": r"\b(?:nach|ab|seit)\s+{a}",
        "in_phase": r"(?<=\S )(?:in der|im|in) M",
        "before": r"\b(?:vor|bis)\s+{a}",
        "at": r"\b(?:bei|um|gegen)\s+{a}",
        "unit_first": r"\b{u}",
        "minute": "minuten?",
        "second": "sekunden?",
        "first": r"\b(?:ersten?|anfänglichen)\s+{d}",
        "last": r"\b(?:letzten?)\s+{d}",
        "first_swapped": r"\b{v}ersten\s+{w}",
        "last_swapped": r"\b{v}letzten\s+{w}",
        "first_half": r"\berste[nr]? hälfte\b",
        "second_half": r"\bzweite[nr]? hälfte\b",
        "after_end": r"\bnach (?:dem )?(?:ende|schluss)\b(?: (?:des|vom) (?:videos?|films?|clips?))?|\bnachdem das video (?:zu ende|vorbei) ist\b",
        "middle": r"\bin der mitte\b(?: des (?:videos?|films?|clips?)| der aufnahme)?(?! M)",
        "first_third": r"\berste[ns]? drittel\b",
        "middle_third": r"\b(?:mittlere[ns]?|zweite[ns]?) drittel\b",
        "last_third": r"\bletzte[ns]? drittel\b",
        "start": r"\b(?:am|zu) (?:anfang|beginn)\b",
        "end": r"\bam (?:ende|schluss)\b|\bzum schluss\b",
        "units": r"(?:(?P<h>h|stunden?)|(?P<m>m|min|minuten?)|(?P<s>s|sek|sekunden?))",
    },
    numbers={
        "halbe": 0.5,
        "halben": 0.5,
        "eine": 1,
        "einer": 1,
        "zwei": 2,
        "drei": 3,
        "vier": 4,
        "fünf": 5,
        "sechs": 6,
        "sieben": 7,
        "acht": 8,
        "neun": 9,
        "zehn": 10,
        "zwanzig": 20,
        "dreißig": 30,
    },
    traits={
        Trait.ONE_WORD: r"\b(?:antworte|antworten sie)\b.{0,10}\b(?:ja oder nein|einem wort)\b|\bja oder nein\b",
        Trait.NEGATED: r"\b(?:nicht|kein\w*|nie|niemals|ohne)\b",
        Trait.ONLY: r"\b(?:nur|ausschließlich)\b",
        Trait.THROUGHOUT: r"\b(?:die ganze zeit|immer|durchgehend|ständig|durchgängig)\b",
        Trait.TOGETHER: r"\b(?:gleichzeitig|zugleich|zusammen|zur gleichen zeit)\b",
        Trait.FIRST: r"\b(?:zuerst|als erste[srn]?|erste[srn]?)\b",
        Trait.LAST: r"\b(?:zuletzt|als letzte[srn]?|letzte[srn]?|bis wann|verschwindet|endet)\b",
        Trait.MOST: r"\b(?:am (?:meisten|längsten|häufigsten)|längste[rsn]?|meisten)\b",
        Trait.LEAST: r"\b(?:am (?:wenigsten|kürzesten|seltensten)|kürzeste[rsn]?)\b",
        Trait.COUNT: r"\bwie viele\b",
        Trait.WORK: r"\b(?:bearbeitet|berührt|angefasst|manipuliert)\b",
        Trait.OPEN: r"^\W*(?:und\s+)?(?:was|wer|wie|wo|wann|warum|welche\w*|zeig\w*|nenne?\w*|beschreib\w*|womit)\b",
    },
    anchors={
        "during": r"\b(?:während|bei) (?:der |des |dem )?M",
        "before": r"\b(?P<close>(?:kurz|unmittelbar|direkt) )?(?:vor|bevor) (?:der |dem |die |das )?M",
        "after": r"\b(?P<close>(?:kurz|unmittelbar|direkt) )?(?:nach|nachdem) (?:der |dem |die |das )?M",
    },
    pronouns=r"\b(?:er|ihn|ihm)\b",
    refers_back=r"\b(?:er|sie|es|das|dies\w*|ihn|ihm|davon|damit)\b",
    begins_follow_up=r"^\W*(?:und|aber|auch|dann|nur|oder|jetzt|womit|mit)\b",
)
