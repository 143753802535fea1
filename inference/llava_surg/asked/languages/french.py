"""French questions."""

from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.asked.words import LanguageWords

_NEUTRAL = """
écran écrit cela s'agit type
le la les l' un une des de du d' au aux ce cet cette ces c' est sont était étaient être été a ont avait avoir fait fait
faire font peut pouvez on je tu il elle ils elles nous vous se s' son sa ses leur leurs mon ma mes me y en dans sur sous
par pour avec sans entre pendant durant après avant et ou mais si comme aussi seulement encore déjà maintenant ici là que
qu' quoi qui quel quelle quels quelles quand où pourquoi comment combien ne n' pas aucun aucune oui non plaît plait svp
vidéo video vidéos film enregistrement image images scène clip extrait partie moitié seconde secondes minute minutes
heure temps moment instant opération operation intervention chirurgie chirurgien chirurgienne patient patiente visible
visibles voit voir vois voyez vu vue vus vues montre montrer montré apparaît apparait apparaissent présent présente
utilisé utilisée utilisés utilisées utilise utiliser passe produit décris décrire décrivez résume résumé explique dis
donne instrument instruments outil outils structure structures organe organes phase phases étape étapes action actions
geste gestes début commence fin premier première premiers premières dernier dernière dernières derniers ensuite suivant
suivante suit vient total durée dure jusqu' jusque depuis tout tous toute toutes quelque chose même t cours est-ce
actuellement cela ça celui celle travaille
peux peux-tu pouvez-vous pourrais pourrais-tu pourriez pourriez-vous dire dites me-dire liste lister savoir voudrais
apparaitre prend tient arrive arrivent disparaît sors sort encore voit-on identifie reconnaît reconnaît-on
"""
FRENCH = LanguageWords(
    code="fr",
    neutral=frozenset(_NEUTRAL.split()),
    intents=(
        (
            Intent.OFF_TOPIC,
            r"\bpoème\b|\bqui a gagné\b|\bqui (?:es-tu|êtes-vous)\b|\bcapitale de\b|\bmétéo\b|\brecette\b|\bmot de passe\b|\bqui t'a\b|\bquel temps fait\b|\bblague\b|\bchanson\b|\bcoupe du monde\b|\btradui\w+|\bignore[rz]?\b.{0,40}\binstructions?\b|\b\d+\s*(?:fois|plus|moins|divisé par|[x×*+])\s*\d+",
        ),
        (
            Intent.PERSON,
            r"\bnom (?:du|de la|de l')\s*\w+|\bdate de naissance\b|\bqui (?:est|était|opère)\b|\bquel âge\b",
        ),
        (
            Intent.ADVICE,
            r"\b(?:dois-je|devrais-je|faut-il)\b|\bantibiotique\w*|\bdose\b|\bmédicament\w*|\bdiagnostic\b|\bposologie\b",
        ),
        (Intent.CRITICAL_VIEW, r"\bcritical view(?: of safety)?\b|\bvue critique(?: de (?:la )?sécurité)?\b|\bcvs\b"),
        (
            Intent.CREDENTIAL,
            r"\bqualifié\w*|\bhabilit\w+ à\b|\bcertifi\w+|\blicence\b|\bfaute de qui\b|\bresponsable de\b|\bnégligen\w+|\bfaute professionnelle\b|\bapte à opérer\b",
        ),
        (
            Intent.SKILL,
            r"\bévalue[rz]?\b|\bnote[rz]?\b.{0,30}\bchirurgien|\bcompétence\w*|\bhabileté\b|\bniveau (?:du|de)\b",
        ),
        (
            Intent.SURENESS,
            r"\b(?:es-tu|êtes-vous|en es-tu|en êtes-vous) (?:vraiment |bien )?(?:sûr|certain)\w*|\bà quel point\b.{0,15}\bsûr\w*|\bquelle (?:probabilité|certitude)\b|^\W*(?:vraiment|sûr)\W*$",
        ),
        (
            Intent.JUDGEMENT,
            r"\b(?:correcte?(?:ment)?|adéquat\w*|suffisant\w*|suffisamment|sans danger|en (?:toute )?sécurité|bon plan|assez|dangereu\w+|prudent\w*|prudemment|soigneu\w+|optimal\w*|approprié\w*|incorrecte?(?:ment)?)\b|\btrop (?:de|profond\w*|près|vite|loin)\b|\bbien (?:fait|exécuté|réalisé|exposé)\w*",
        ),
        (Intent.DIFFICULTY, r"\b(?:difficile|difficulté|complexe)\b"),
        (
            Intent.VIDEO_LENGTH,
            r"\bcombien de temps dure (?:la vidéo|l'opération|l'intervention|le film)\b|\bdurée de la vidéo\b",
        ),
        (
            Intent.KIND,
            r"\best-ce (?:bien |vraiment )?une (?:opération de |ablation de )?(?:cholécystectomie|la vésicule)\b|\bquel(?:le)? (?:type|genre|sorte) d[e'] ?(?:opération|intervention|chirurgie|vidéo|procédure)\b|\bquelle (?:opération|intervention|chirurgie|procédure)\b",
        ),
        (
            Intent.SCREEN_TEXT,
            r"\b(?:texte|mots|écrit|inscriptions?)\b.{0,30}\b(?:écran|image|vidéo)\b|\bqu'est-ce qui est écrit\b",
        ),
        (
            Intent.SUGGESTS,
            r"\bque peut-on (?:en )?(?:déduire|conclure)\b|\bqu'est-ce que cela (?:suggère|signifie|indique)\b|\bque suggère\b",
        ),
        (Intent.HELP, r"^\W*(?:bonjour|merci|aide|salut)\W*$"),
        (Intent.HOW_LONG, r"\bcombien de temps\b|\bdurée\b|\bcombien de (?:secondes|minutes)\b|\bpendant combien\b"),
        (Intent.HOW_OFTEN, r"\bcombien de fois\b|\bà quelle fréquence\b"),
        (
            Intent.PREVIOUS,
            r"\bqu'(?:y avait-il|est-ce qui (?:vient|précède|s'est passé)) avant\b|\b(?:phase|étape) précédente\b|^\W*(?:et )?(?:juste )?avant(?: (?:cela|ça))?\W*$|\bvient avant\b",
        ),
        (
            Intent.NEXT,
            r"\bque (?:se passe-t-il|vient|fait-on)\b.{0,20}\b(?:après|ensuite)\b|\bétape suivante\b|\bphase suivante\b|\bet (?:après|ensuite)\b|\bqu'est-ce qui (?:vient|suit)\b|\bprochaine (?:étape|phase)\b",
        ),
        (Intent.WHY, r"\bpourquoi\b|\bbut de\b|\braison\b|\bà quoi (?:ça )?sert\b|\bdans quel but\b"),
        (Intent.WHEN, r"\bquand\b|\bà quel(?:le)? (?:moment|seconde|minute|instant)\b"),
        (
            Intent.INSTRUMENTS,
            r"\bquels? (?:\w+ )?(?:instruments?|outils?)\b|\bcombien d'(?:instruments|outils)\b|\bquelles? (?:pinces?|outils?)\b|\bavec (?:quel|quoi)\w*\b",
        ),
        (
            Intent.MEASURE,
            r"\bquelle (?:est la )?(?:profondeur|taille|pression|température|quantité|fréquence)\b|\bpression\b|\bfréquence cardiaque\b|\bmillilitres?\b|\bcentimètres?\b|\bcombien de (?:sang|millilitres|points)\b|\bperte de sang\b|\bcombien d",
        ),
        (Intent.PHASE, r"\bquelle (?:\w+ )?(?:phase|étape)\b|\bphase\W*$|\boù en est\b"),
        (Intent.ANATOMY, r"\bquel(?:le)?s? (?:\w+ )?(?:structures?|organes?|anatomie)\b"),
        (
            Intent.DOING,
            r"\bque fait\b|\bqu'est-ce que (?:le chirurgien|il) fait\b|\bquel(?:le)?s? (?:actions?|gestes?)\b|\bque (?:se )?fait-(?:il|on)\b",
        ),
        (
            Intent.DESCRIBE,
            r"\bdécri\w+|\brésum\w+|\bque se passe-t-il\b|\bque (?:voit-on|montre|vois-tu|voyez-vous)\b|\bqu'est-ce qu'on voit\b|\bexpliqu\w+|\bque peut-on voir\b|\bque voit\b",
        ),
        (Intent.INSTRUMENTS, r"\b(?:instruments?|outils?)\b"),
    ),
    labels=(
        (("phase", "carlot-triangle-dissection"), r"\bdissection du triangle de calot\b"),
        (("phase", "gallbladder-dissection"), r"\bdissection de la vésicule(?: biliaire)?\b"),
        (("phase", "gallbladder-extraction"), r"\bextraction de la vésicule(?: biliaire)?\b"),
        (("phase", "clipping-and-cutting"), r"\bclippage et (?:section|coupe)\b"),
        (("instrument", "needle_driver"), r"\bporte-aiguilles?\b"),
        (("instrument", "bipolar"), r"\b(?:pince )?bipolaires?\b"),
        (("instrument", "clipper"), r"\b(?:pince à clips?|applicateurs? de clips?|clippeurs?)\b"),
        (("instrument", "grasper"), r"\bpinces?(?: (?:à préhension|fenestrée|grasper))?\b|\bpréhenseurs?\b"),
        (("instrument", "hook"), r"\bcrochets?\b"),
        (("instrument", "scissors"), r"\bciseaux\b"),
        (("instrument", "irrigator"), r"\b(?:aspirateurs?|irrigateurs?|aspiration-irrigation|aspiro-laveur)\b"),
        (("instrument", "specimen_bag"), r"\bsac(?: d'extraction)?\b"),
        (("target", "common_bile_duct"), r"\b(?:cholédoque|voie biliaire principale)\b"),
        (("target", "cystic_duct"), r"\b(?:canal|conduit) cystique\b"),
        (("target", "cystic_artery"), r"\bartère cystique\b"),
        (("target", "cystic_plate"), r"\blit vésiculaire\b|\bplaque cystique\b"),
        (("target", "gallbladder"), r"\bvésicule(?: biliaire)?\b"),
        (("target", "liver"), r"\bfoie\b"),
        (("target", "gut"), r"\bintestins?\b"),
        (("target", "omentum"), r"\b(?:omentum|épiploon)\b"),
        (("target", "peritoneum"), r"\bpéritoine\b"),
        (("finding", "bleeding"), r"\b(?:saigne\w*|hémorragie|sang)\b"),
        (("finding", "trocar"), r"\btrocarts?\b"),
        (("finding", "gauze"), r"\bcompresses?\b"),
        (("verb", "coagulate"), r"\b(?:coagul\w+|cautéris\w+)\b"),
        (("verb", "clip"), r"\b(?:clipp\w+|clippage)\b"),
        (("verb", "cut"), r"\b(?:coupe|coupé\w*|couper|sectionn\w+|section)\b"),
        (("verb", "dissect"), r"\b(?:dissection|dissèque|disséqu\w+)\b"),
        (("verb", "irrigate"), r"\b(?:irrigu\w+|irrigation|rinç\w+)\b"),
        (("verb", "aspirate"), r"\b(?:aspir\w+)\b"),
    ),
    time_words={
        "from_to": r"\b(?:de|entre|depuis)\s+{a}\s*(?:à|et|jusqu'à|-|–)\s*{b}",
        "range": r"{a}\s*(?:-|–|à)\s*{b}",
        "after": r"\b(?:après|à partir de|depuis|dès)\s+{a}",
        "before": r"\b(?:avant|jusqu'à)\s+{a}",
        "at": r"\b(?:à|vers|autour de)\s+{a}",
        "unit_first": r"\b{u}",
        "minute": "minutes?",
        "second": "secondes?",
        "first": r"\b(?:premi(?:er|ère)e?s?)\s+{d}",
        "last": r"\b(?:derni(?:er|ère)e?s?)\s+{d}",
        "first_swapped": r"\b{v}premi(?:er|ère)e?s?\s+{w}",
        "last_swapped": r"\b{v}derni(?:er|ère)e?s?\s+{w}",
        "first_half": r"\bpremière (?:moitié|partie)\b",
        "second_half": r"\b(?:seconde|deuxième) (?:moitié|partie)\b",
        "after_end": r"\baprès la fin\b(?: (?:de la vidéo|du film|de l'enregistrement))?",
        "middle": r"\bau milieu\b(?: (?:de la vidéo|du film|de l'enregistrement))?(?! M)",
        "first_third": r"\bpremier tiers\b",
        "middle_third": r"\b(?:deuxième|second) tiers\b",
        "last_third": r"\bdernier tiers\b",
        "start": r"\bau début\b",
        "end": r"\bà la fin\b",
        "units": r"(?:(?P<h>h|heures?)|(?P<m>m|min|minutes?)|(?P<s>s|sec|secondes?))",
    },
    numbers={
        "demi": 0.5,
        "demie": 0.5,
        "une": 1,
        "un": 1,
        "deux": 2,
        "trois": 3,
        "quatre": 4,
        "cinq": 5,
        "six": 6,
        "sept": 7,
        "huit": 8,
        "neuf": 9,
        "dix": 10,
        "vingt": 20,
        "trente": 30,
    },
    traits={
        Trait.ONE_WORD: r"\b(?:réponds|répondez)\b.{0,10}\b(?:oui ou non|un mot)\b|\boui ou non\b",
        Trait.NEGATED: r"\b(?:pas|jamais|aucune?|sans|n'y)\b",
        Trait.ONLY: r"\b(?:seulement|uniquement)\b",
        Trait.THROUGHOUT: r"\b(?:tout le temps|toujours|en permanence|constamment)\b",
        Trait.TOGETHER: r"\b(?:en même temps|ensemble|simultanément)\b",
        Trait.FIRST: r"\b(?:en premier|d'abord|premi(?:er|ère)s?)\b",
        Trait.LAST: r"\b(?:en dernier|derni(?:er|ère)s?|jusqu'à quand|disparaît)\b",
        Trait.MOST: r"\b(?:le plus (?:longtemps|souvent|utilisée?s?|longue)|la plus longue)\b",
        Trait.LEAST: r"\b(?:le moins|la plus courte)\b",
        Trait.COUNT: r"\bcombien d'(?:instruments|outils)\b",
        Trait.WORK: r"\b(?:touch\w+|manipul\w+)\b",
        Trait.OPEN: r"^\W*(?:et\s+)?(?:que|qu'est|quoi|qui|quels?|quelles?|quand|où|comment|combien|pourquoi|montr\w+|décri\w+)\b",
    },
    anchors={
        "during": r"\b(?:pendant|durant|lors de) (?:la |le |l')?M",
        "before": r"\b(?P<close>juste )?avant (?:la |le |les |l')?M",
        "after": r"\b(?P<close>juste )?après (?:la |le |les |l')?M",
    },
    refers_back=r"\b(?:il|elle|ça|cela|celui-ci|le|la|les|en|y)\b",
    begins_follow_up=r"^\W*(?:et|mais|aussi|puis|seulement|ou|maintenant|avec)\b",
)
