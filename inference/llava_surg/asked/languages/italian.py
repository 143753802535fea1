"""Italian questions."""

from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.asked.words import LanguageWords

_NEUTRAL = """
schermo scritto tipo genere qual serve servono
il lo la i gli le l' un uno una un' di del dello della dei degli delle d' a al allo alla ai agli alle in nel nello nella nei
nelle su sul sulla con senza per da dal dalla tra fra durante dopo prima e ed o ma se come anche solo soltanto ancora già
adesso ora qui qua lì là che cosa chi quale quali quando dove perché come quanto quanta quanti quante non nessun nessuna
sì no è sono era erano essere stato stata ha hanno aveva avere c' ci fa fanno fare facendo sta stanno può si suo sua suoi
mio mi questo questa questi queste quello quella qualche qualcosa tutto tutta tutti tutte video filmato registrazione
immagine immagini scena clip parte metà segmento secondo secondi minuto minuti ora tempo momento istante operazione
intervento chirurgia procedura chirurgo chirurga paziente visibile visibili vede vedono vedere visto vista visti mostra
mostrare appare appaiono compare presente usato usata usati usate usa usano usare utilizzato utilizzata utilizza succede
accade avviene descrivi descrivere riassumi riassunto spiega dimmi strumento strumenti attrezzo attrezzi struttura
strutture organo organi fase fasi passo passi passaggio azione azioni gesto inizio comincia inizia fine finisce primo
prima primi prime ultimo ultima ultimi ultime poi successivo successiva segue viene totale durata dura fino favore lavora
puoi potresti potrebbe dire dirmi mostrami elenca vorrei sapere favore
siamo negli dagli sugli succedendo vediamo compaiono scompare riconosce tempo aveva c'è
"""
ITALIAN = LanguageWords(
    code="it",
    neutral=frozenset(_NEUTRAL.split()),
    intents=(
        (
            Intent.OFF_TOPIC,
            r"\bpoesia\b|\bchi sei\b|\bricetta\b|\bche tempo fa\b|\bmeteo\b|\bpassword\b|\bcapitale (?:della|del|di)\b|\bbarzelletta\b|\bcanzone\b|\bmondiali?\b|\btraduci\b|\bignora\b.{0,40}\bistruzioni\b|\b\d+\s*(?:per|più|meno|[x×*+])\s*\d+",
        ),
        (Intent.PERSON, r"\bnome (?:del|della|di)\b|\bdata di nascita\b|\bchi (?:è|era|opera)\b|\bquanti anni\b"),
        (Intent.ADVICE, r"\b(?:devo|dovrei|dobbiamo)\b|\bantibiotic\w*|\bdose\b|\bfarmac\w*|\bdiagnosi\b"),
        (Intent.CRITICAL_VIEW, r"\bcritical view(?: of safety)?\b|\bvisione critica(?: di sicurezza)?\b|\bcvs\b"),
        (
            Intent.CREDENTIAL,
            r"\bqualificat\w+|\babilitat\w+|\bcertific\w+|\blicenza\b|\bcolpa\b|\bnegligen\w+|\bidone\w+ a operare\b",
        ),
        (Intent.SKILL, r"\b(?:valuta|giudica)\b|\babilità\b|\bcompetenz\w+|\bbravura\b"),
        (
            Intent.SURENESS,
            r"\b(?:sei|è) (?:davvero |proprio )?sicur[oa]\b|\bquanto (?:sei|è) sicur\w+|\bche probabilità\b|^\W*(?:davvero|sicuro)\W*$",
        ),
        (
            Intent.JUDGEMENT,
            r"\b(?:corrett[oaei]|correttamente|adeguat\w+|sufficient[ei]|sufficientemente|in sicurezza|piano giusto|abbastanza|pericolos\w+|con cura|attent\w+|ottimal[ei]|appropriat\w+|ben (?:fatt\w+|espost\w+|eseguit\w+)|sbagliat\w+)\b|\btroppo\b",
        ),
        (Intent.DIFFICULTY, r"\b(?:difficile|difficoltà|complesso)\b"),
        (Intent.VIDEO_LENGTH, r"\bquanto (?:tempo )?dura (?:il video|l'intervento|l'operazione|il filmato)\b"),
        (
            Intent.KIND,
            r"(?<!\w)è (?:questa )?una (?:operazione di )?(?:colecistectomia|colecisti)\b|\bche (?:tipo|genere) di (?:operazione|intervento|chirurgia|video|procedura)\b|\b(?:che|quale) (?:operazione|intervento|procedura) (?:è|si|viene)\b",
        ),
        (
            Intent.SCREEN_TEXT,
            r"\b(?:testo|parole|scritt[oa])\b.{0,30}\b(?:schermo|immagine|video)\b|\bcosa c'è scritto\b|\bcosa dice lo schermo\b",
        ),
        (
            Intent.SUGGESTS,
            r"\b(?:che )?cosa (?:suggerisce|significa|indica) (?:questo|ciò)?|\b(?:che )?cosa si pu[oò] (?:dedurre|concludere)\b",
        ),
        (Intent.HELP, r"^\W*(?:ciao|grazie|aiuto|buongiorno)\W*$"),
        (Intent.HOW_LONG, r"\b(?:per )?quanto (?:tempo|dura)\b|\bdurata\b|\bquanti (?:secondi|minuti)\b"),
        (Intent.HOW_OFTEN, r"\bquante volte\b|\bcon che frequenza\b"),
        (
            Intent.PREVIOUS,
            r"\b(?:che )?cosa (?:c'era|viene|è successo|è venuto) prima\b|\b(?:fase|tappa) precedente\b|\bpasso precedente\b|^\W*(?:e )?prima\W*$",
        ),
        (
            Intent.NEXT,
            r"\b(?:che )?cosa (?:viene|succede|segue|si fa)\b.{0,20}\b(?:dopo|poi)\b|\bfase successiva\b|\bpassaggio successivo\b|\be (?:dopo|poi)\b|\bprossim[oa] (?:fase|passo|passaggio)\b",
        ),
        (Intent.WHY, r"\bperch[eé]\b|\bscopo\b|\bmotivo\b|\bobiettivo\b|\ba cosa serve\b"),
        (Intent.WHEN, r"\bquando\b|\bin (?:che|quale) (?:momento|secondo|minuto)\b"),
        (
            Intent.INSTRUMENTS,
            r"\b(?:quali|che|quale) (?:\w+ )?(?:strument[oi]|attrezz[oi])\b|\bquanti (?:strumenti|attrezzi)\b|\bcon (?:quale|che|cosa)\b",
        ),
        (
            Intent.MEASURE,
            r"\bquanto è (?:profond|grand|larg|spess)\w+|\bpressione\b|\bfrequenza cardiaca\b|\bmillilitri\b|\bcentimetri\b|\bperdita di sangue\b|\bquanto sangue\b|\bquant[ie]\b",
        ),
        (Intent.PHASE, r"\b(?:quale|che|qual è la) (?:\w+ )?(?:fase|passaggio)\b|\bfase\W*$"),
        (Intent.ANATOMY, r"\b(?:quali|che) (?:\w+ )?(?:strutture?|organi?|anatomia)\b"),
        (
            Intent.DOING,
            r"\b(?:che )?(?:cosa|che) (?:fa|sta facendo|si sta facendo|si fa)\b|\b(?:quale|quali) azion[ei]\b",
        ),
        (
            Intent.DESCRIBE,
            r"\bdescriv\w+|\briassum\w+|\b(?:che )?cosa (?:succede|accade|si vede|vedi|mostra)\b|\bspiega\w*",
        ),
        (Intent.INSTRUMENTS, r"\b(?:strument[oi]|attrezz[oi])\b"),
    ),
    labels=(
        (("phase", "carlot-triangle-dissection"), r"\bdissezione del triangolo di calot\b"),
        (("phase", "gallbladder-dissection"), r"\bdissezione della (?:colecisti|cistifellea)\b"),
        (("phase", "gallbladder-extraction"), r"\bestrazione della (?:colecisti|cistifellea)\b"),
        (("phase", "clipping-and-cutting"), r"\bclippaggio e (?:taglio|sezione)\b"),
        (("instrument", "needle_driver"), r"\bportaaghi\b"),
        (("instrument", "bipolar"), r"\b(?:pinza )?bipolar[ei]\b"),
        (("instrument", "clipper"), r"\b(?:clippatrice|applicator[ei] di clip|clip applier)\b"),
        (("instrument", "grasper"), r"\bpinz[ae](?: da presa)?\b"),
        (("instrument", "hook"), r"\bunci(?:no|ni)\b"),
        (("instrument", "scissors"), r"\bforbic[ei]\b"),
        (("instrument", "irrigator"), r"\b(?:aspirator[ei]|irrigator[ei])\b"),
        (("instrument", "specimen_bag"), r"\b(?:sacchetto|endobag)\b"),
        (("target", "common_bile_duct"), r"\b(?:coledoco|dotto biliare comune|via biliare principale)\b"),
        (("target", "cystic_duct"), r"\bdotto cistico\b"),
        (("target", "cystic_artery"), r"\barteria cistica\b"),
        (("target", "cystic_plate"), r"\bletto (?:epatico|della colecisti)\b"),
        (("target", "gallbladder"), r"\b(?:colecisti|cistifellea)\b"),
        (("target", "liver"), r"\bfegato\b"),
        (("target", "gut"), r"\bintestin[oi]\b"),
        (("target", "omentum"), r"\bomento\b"),
        (("target", "peritoneum"), r"\bperitoneo\b"),
        (("finding", "bleeding"), r"\b(?:sanguina\w*|emorragia|sangue)\b"),
        (("finding", "trocar"), r"\btrocar\b"),
        (("finding", "gauze"), r"\bgarz[ae]\b"),
        (("verb", "coagulate"), r"\b(?:coagul\w+|cauterizz\w+)\b"),
        (("verb", "clip"), r"\bclipp\w+\b"),
        (("verb", "cut"), r"\b(?:tagli\w+|sezion\w+)\b"),
        (("verb", "dissect"), r"\b(?:dissezione|dissec\w+)\b"),
        (("verb", "irrigate"), r"\birrig\w+\b"),
        (("verb", "aspirate"), r"\baspir\w+\b"),
    ),
    time_words={
        "from_to": r"\b(?:da|dal|dalle|tra|fra)\s+(?:il |le |i )?{a}\s*(?:a|al|alle|e|fino a|-|–)\s*(?:il |le |i )?{b}",
        "range": r"{a}\s*(?:-|–|a)\s*{b}",
        "after": r"\b(?:dopo|a partire da|da|dal)\s+(?:il |le |i )?{a}",
        "before": r"\b(?:prima di|prima del|fino a)\s+(?:il |le |i )?{a}",
        "at": r"\b(?:a|al|alle|verso|intorno a)\s+(?:il |le |i )?{a}",
        "unit_first": r"\b{u}",
        "minute": "minut[oi]",
        "second": "second[oi]",
        "first": r"\bprim[oaie]\s+{d}",
        "last": r"\bultim[oaie]\s+{d}",
        "first_swapped": r"\b{v}prim[oaie]\s+{w}",
        "last_swapped": r"\b{v}ultim[oaie]\s+{w}",
        "first_half": r"\bprima (?:metà|parte)\b",
        "second_half": r"\bseconda (?:metà|parte)\b",
        "after_end": r"\bdopo la fine\b(?: del (?:video|filmato))?",
        "middle": r"\b(?:a metà|nel mezzo|al centro)\b(?: (?:del )?(?:video|filmato))?(?! M)",
        "first_third": r"\bprimo terzo\b",
        "middle_third": r"\bsecondo terzo\b",
        "last_third": r"\bultimo terzo\b",
        "start": r"\ball'inizio\b",
        "end": r"\balla fine\b",
        "units": r"(?:(?P<h>h|or[ae])|(?P<m>m|min|minut[oi])|(?P<s>s|sec|second[oi]))",
    },
    numbers={
        "mezzo": 0.5,
        "un": 1,
        "uno": 1,
        "una": 1,
        "due": 2,
        "tre": 3,
        "quattro": 4,
        "cinque": 5,
        "sei": 6,
        "sette": 7,
        "otto": 8,
        "nove": 9,
        "dieci": 10,
        "venti": 20,
        "trenta": 30,
    },
    traits={
        Trait.ONE_WORD: r"\brispondi\b.{0,10}\b(?:sì o no|una parola)\b|\bsì o no\b",
        Trait.NEGATED: r"\b(?:non|mai|nessun\w*|senza)\b",
        Trait.ONLY: r"\b(?:solo|soltanto|solamente)\b",
        Trait.THROUGHOUT: r"\b(?:tutto il tempo|sempre|continuamente)\b",
        Trait.TOGETHER: r"\b(?:allo stesso tempo|insieme|contemporaneamente)\b",
        Trait.FIRST: r"\bprim[oaie]\b(?! di\b)",
        Trait.LAST: r"\b(?:ultim[oaie]|fino a quando|scompare)\b",
        Trait.MOST: r"\b(?:più (?:usat[oa]|utilizzat[oa]|a lungo|lung[oa])|di più)\b",
        Trait.LEAST: r"\b(?:meno (?:usat[oa]|utilizzat[oa])|più brev[ei]|di meno)\b",
        Trait.COUNT: r"\bquanti strumenti\b",
        Trait.WORK: r"\b(?:tocc\w+|manipol\w+)\b",
        Trait.OPEN: r"^\W*(?:e\s+)?(?:che|cosa|chi|quale|quali|quando|dove|come|quant[oaie]|perch[eé]|mostra\w*|descrivi)\b",
    },
    anchors={
        "during": r"\bdurante (?:la |il |lo |l'|le |i )?M",
        "before": r"\b(?P<close>(?:subito|appena) )?prima (?:di|del|dello|della|dell'|delle|dei) ?M",
        "after": r"\b(?P<close>(?:subito|appena) )?dopo (?:la |il |lo |l'|le |i )?M",
    },
    refers_back=r"\b(?:esso|essa|questo|quello|lo|la|li|le|ne)\b",
    begins_follow_up=r"^\W*(?:e|ma|anche|poi|solo|o|adesso|con)\b",
)
