"""Spanish questions."""

from inference.llava_surg.asked.intent import Intent
from inference.llava_surg.asked.trait import Trait
from inference.llava_surg.asked.words import LanguageWords

_NEUTRAL = """
pantalla escrito tipo clase sirve sirven
el la los las lo un una unos unas de del al a en con sin por para entre durante tras y e o u pero si como también solo sólo
aún ya ahora aquí ahí allí que qué quién quiénes cuál cuáles cuándo cuando dónde donde por qué cómo cuánto cuánta cuántos
cuántas no ningún ninguna sí es son está están era eran fue fueron ser estar ha han había haber hay hace hacen hacer
haciendo puede se su sus mi me nos le les este esta estos estas ese esa eso esto aquel algún alguna algo todo toda todos
todas vídeo video videos película grabación imagen imágenes escena clip parte mitad segmento segundo segundos minuto
minutos hora tiempo momento instante operación cirugía intervención procedimiento cirujano cirujana paciente visible
visibles ve ven ver vemos visto vista vistos vistas muestra mostrar aparece aparecen presente usado usada usados usadas usa
usan usar utiliza utilizan utilizado utilizada pasa ocurre sucede describe descríbeme describir resume resumen explica dime
da instrumento instrumentos herramienta herramientas estructura estructuras órgano órganos fase fases paso pasos etapa
acción acciones gesto principio inicio comienza empieza final fin termina primero primera primeros primeras último última
últimos últimas después luego antes siguiente sigue viene total duración dura hasta desde favor trabaja
puedes podrías podría pueden decir decirme dígame mostrarme enumera lista quisiera saber
estamos vamos pasando ocurriendo sucediendo viendo aparecer desaparece identifica reconoce hubo quedan está tenía
"""
SPANISH = LanguageWords(
    code="es",
    neutral=frozenset(_NEUTRAL.split()),
    intents=(
        (
            Intent.OFF_TOPIC,
            r"\bpoema\b|\bquién eres\b|\breceta\b|\bcontraseña\b|\bqué tiempo hace\b|\bcapital de\b|\bchiste\b|\bcanción\b|\bmundial\b|\btraduc\w+|\bignora\w*\b.{0,40}\binstrucciones\b|\b\d+\s*(?:por|más|menos|[x×*+])\s*\d+",
        ),
        (Intent.PERSON, r"\bnombre (?:del?|de la)\b|\bfecha de nacimiento\b|\bquién (?:es|era|opera)\b|\bqué edad\b"),
        (Intent.ADVICE, r"\bdebo\b|\bdebería\b|\bdebemos\b|\bantibiótico\w*|\bdosis\b|\bmedicament\w*|\bdiagnóstico\b"),
        (
            Intent.CRITICAL_VIEW,
            r"\bcritical view(?: of safety)?\b|\bvisión crítica(?: de seguridad)?\b|\bvista crítica\b|\bcvs\b",
        ),
        (
            Intent.CREDENTIAL,
            r"\bcualificad\w+|\bcapacitad\w+ para\b|\bcertific\w+|\blicencia\b|\bculpa\b|\bnegligen\w+|\bmala praxis\b|\bapto para operar\b",
        ),
        (Intent.SKILL, r"\b(?:evalúa|califica|puntúa|valora)\b|\bhabilidad\w*|\bdestreza\b|\bcompetencia\b"),
        (
            Intent.SURENESS,
            r"\b(?:estás|está usted|está) (?:realmente )?segur[oa]\b|\bqué (?:tan )?segur[oa]\b|\bqué probabilidad\b|\bcuán segur\w+|^\W*(?:de verdad|seguro)\W*$",
        ),
        (
            Intent.JUDGEMENT,
            r"\b(?:correct[oa]s?|correctamente|adecuad\w+|suficientes?|suficientemente|segur[oa] (?:el|la|usar|cortar|clipar)|de forma segura|con seguridad|plano correcto|bastante|peligros\w+|cuidados\w+|con cuidado|óptim\w+|apropiad\w+|bien hech\w+|bien expuest\w+|incorrect\w+)\b|\bdemasiado\b",
        ),
        (Intent.DIFFICULTY, r"\b(?:difícil|dificultad|complej[oa])\b"),
        (
            Intent.VIDEO_LENGTH,
            r"\bcuánto (?:tiempo )?dura (?:el vídeo|el video|la operación|la cirugía|la grabación)\b",
        ),
        (
            Intent.KIND,
            r"\bes (?:esto )?una (?:operación de )?(?:colecistectom[ií]a|vesícula)\b|\bqu[eé] (?:tipo|clase) de (?:operación|cirugía|intervención|procedimiento|vídeo|video)\b|\bqu[eé] (?:operación|cirugía|intervención|procedimiento) (?:es|se|está)\b|\bcuál es (?:la operación|la cirugía|el procedimiento)\b",
        ),
        (
            Intent.SCREEN_TEXT,
            r"\b(?:texto|palabras|escrito)\b.{0,30}\b(?:pantalla|imagen|vídeo|video)\b|\bqu[eé] (?:pone|dice) (?:en )?la pantalla\b",
        ),
        (
            Intent.SUGGESTS,
            r"\bqu[eé] (?:sugiere|significa|indica) (?:esto|eso)\b|\bqu[eé] se puede (?:deducir|concluir)\b",
        ),
        (Intent.HELP, r"^\W*(?:hola|gracias|ayuda)\W*$"),
        (Intent.HOW_LONG, r"\bcu[aá]nto (?:tiempo|dura)\b|\bduración\b|\bcuántos (?:segundos|minutos)\b"),
        (Intent.HOW_OFTEN, r"\bcuántas veces\b|\bcon qué frecuencia\b"),
        (
            Intent.PREVIOUS,
            r"\bqué (?:había|hubo|viene|vino|pasó|ocurrió) antes\b|\b(?:fase|etapa) anterior\b|\bpaso anterior\b|^\W*(?:y )?antes\W*$",
        ),
        (
            Intent.NEXT,
            r"\bqu[eé] (?:viene|pasa|ocurre|sigue|se hace)\b.{0,20}\b(?:después|luego)\b|\bsiguiente (?:paso|fase)\b|\by (?:después|luego|entonces)\b|\bqué sigue\b",
        ),
        (Intent.WHY, r"\bpor ?qu[eé]\b|\bpara qu[eé]\b|\bmotivo\b|\bobjetivo\b|\brazón\b"),
        (Intent.WHEN, r"\bcu[aá]ndo\b|\ben qué (?:momento|segundo|minuto)\b"),
        (
            Intent.INSTRUMENTS,
            r"\bqu[eé] (?:\w+ )?(?:instrumentos?|herramientas?)\b|\bcuánt[oa]s (?:instrumentos|herramientas)\b|\bcon (?:qué|cuál)\b|\bcuáles (?:son los )?instrumentos\b",
        ),
        (
            Intent.MEASURE,
            r"\bqu[eé] (?:tan )?(?:profund\w+|tamaño|presión|temperatura|volumen)\b|\bpresión\b|\bfrecuencia cardíaca\b|\bmililitros?\b|\bcentímetros?\b|\bpérdida de sangre\b|\bcuánta\b|\bcuántos?\b",
        ),
        (Intent.PHASE, r"\b(?:qu[eé]|cuál es la|en qué) (?:\w+ )?(?:fase|paso|etapa)\b|\bfase\W*$"),
        (Intent.ANATOMY, r"\bqu[eé] (?:\w+ )?(?:estructuras?|órganos?|anatomía)\b"),
        (
            Intent.DOING,
            r"\bqu[eé] (?:hace|está haciendo|se hace|se está haciendo)\b|\bqué (?:acción|acciones|gestos?)\b",
        ),
        (
            Intent.DESCRIBE,
            r"\bdescr[ií]b\w+|\bresum\w+|\bqu[eé] (?:pasa|ocurre|sucede|está (?:pasando|ocurriendo|sucediendo)|se ve|se puede ver|ves|muestra)\b|\bexplica\w*",
        ),
        (Intent.INSTRUMENTS, r"\b(?:instrumentos?|herramientas?)\b"),
    ),
    labels=(
        (("phase", "carlot-triangle-dissection"), r"\bdisección del triángulo de calot\b"),
        (("phase", "gallbladder-dissection"), r"\bdisección de la vesícula(?: biliar)?\b"),
        (("phase", "gallbladder-extraction"), r"\bextracción de la vesícula(?: biliar)?\b"),
        (("phase", "clipping-and-cutting"), r"\bclipado y (?:corte|sección)\b"),
        (("instrument", "needle_driver"), r"\bportaagujas?\b"),
        (("instrument", "bipolar"), r"\b(?:pinza )?bipolar(?:es)?\b"),
        (("instrument", "clipper"), r"\b(?:clipador\w*|aplicador(?:es)? de clips?|clipadora)\b"),
        (("instrument", "grasper"), r"\bpinzas?(?: de agarre)?\b"),
        (("instrument", "hook"), r"\bganchos?\b"),
        (("instrument", "scissors"), r"\btijeras?\b"),
        (("instrument", "irrigator"), r"\b(?:aspirador\w*|irrigador\w*)\b"),
        (("instrument", "specimen_bag"), r"\bbolsa(?: de extracción)?\b"),
        (("target", "common_bile_duct"), r"\b(?:colédoco|conducto biliar común|vía biliar principal)\b"),
        (("target", "cystic_duct"), r"\bconducto cístico\b"),
        (("target", "cystic_artery"), r"\barteria cística\b"),
        (("target", "cystic_plate"), r"\blecho (?:vesicular|hepático)\b|\bplaca cística\b"),
        (("target", "gallbladder"), r"\bvesícula(?: biliar)?\b"),
        (("target", "liver"), r"\bhígado\b"),
        (("target", "gut"), r"\bintestinos?\b"),
        (("target", "omentum"), r"\b(?:omento|epiplón)\b"),
        (("target", "peritoneum"), r"\bperitoneo\b"),
        (("finding", "bleeding"), r"\b(?:sangr\w+|hemorragia)\b"),
        (("finding", "trocar"), r"\btr[oó]cares?\b"),
        (("finding", "gauze"), r"\bgasas?\b"),
        (("verb", "coagulate"), r"\b(?:coagul\w+|cauteriz\w+)\b"),
        (("verb", "clip"), r"\bclip(?:a|an|ar|ado|ada)\b"),
        (("verb", "cut"), r"\b(?:corta\w*|corte|secciona\w*)\b"),
        (("verb", "dissect"), r"\b(?:disección|diseca\w*)\b"),
        (("verb", "irrigate"), r"\birrig\w+\b"),
        (("verb", "aspirate"), r"\baspir\w+\b"),
    ),
    time_words={
        "from_to": r"\b(?:de|desde|entre)\s+(?:el |los |las )?{a}\s*(?:a|hasta|y|-|–)\s*(?:el |los |las )?{b}",
        "range": r"{a}\s*(?:-|–|a)\s*{b}",
        "after": r"\b(?:después de|tras|a partir de|desde)\s+(?:el |los |las )?{a}",
        "before": r"\b(?:antes de|hasta)\s+(?:el |los |las )?{a}",
        "at": r"\b(?:a|en|sobre|hacia)\s+(?:el |los |las )?{a}",
        "unit_first": r"\b{u}",
        "minute": "minutos?",
        "second": "segundos?",
        "first": r"\bprimer(?:o|a|os|as)?\s+{d}",
        "last": r"\búltim(?:o|a|os|as)\s+{d}",
        "first_swapped": r"\b{v}primer(?:o|a|os|as)?\s+{w}",
        "last_swapped": r"\b{v}últim(?:o|a|os|as)\s+{w}",
        "first_half": r"\bprimera (?:mitad|parte)\b",
        "second_half": r"\bsegunda (?:mitad|parte)\b",
        "after_end": r"\bdespués del? (?:final|fin)\b(?: del (?:vídeo|video))?",
        "middle": r"\b(?:a (?:la )?mitad|en (?:el )?medio)\b(?: del? (?:vídeo|video|la grabación))?(?! M)",
        "first_third": r"\bprimer tercio\b",
        "middle_third": r"\bsegundo tercio\b",
        "last_third": r"\búltimo tercio\b",
        "start": r"\bal (?:principio|inicio|comienzo)\b",
        "end": r"\bal final\b",
        "units": r"(?:(?P<h>h|horas?)|(?P<m>m|min|minutos?)|(?P<s>s|seg|segundos?))",
    },
    numbers={
        "medio": 0.5,
        "un": 1,
        "una": 1,
        "dos": 2,
        "tres": 3,
        "cuatro": 4,
        "cinco": 5,
        "seis": 6,
        "siete": 7,
        "ocho": 8,
        "nueve": 9,
        "diez": 10,
        "veinte": 20,
        "treinta": 30,
    },
    traits={
        Trait.ONE_WORD: r"\b(?:responde|contesta)\w*\b.{0,10}\b(?:sí o no|una palabra)\b|\bsí o no\b",
        Trait.NEGATED: r"\b(?:no|nunca|ning[uú]n\w*|sin)\b",
        Trait.ONLY: r"\b(?:solo|sólo|solamente|únicamente)\b",
        Trait.THROUGHOUT: r"\b(?:todo el tiempo|siempre|continuamente)\b",
        Trait.TOGETHER: r"\b(?:al mismo tiempo|a la vez|junt[oa]s)\b",
        Trait.FIRST: r"\b(?:primer[oa]?s?)\b",
        Trait.LAST: r"\b(?:últim[oa]s?|hasta cuándo|desaparece)\b",
        Trait.MOST: r"\b(?:más (?:usad[oa]|utilizad[oa]|tiempo|larg[oa])|se usa más)\b",
        Trait.LEAST: r"\b(?:menos (?:usad[oa]|utilizad[oa]|tiempo)|más cort[oa])\b",
        Trait.COUNT: r"\bcuánt[oa]s (?:instrumentos|herramientas)\b",
        Trait.WORK: r"\b(?:toca\w*|manipul\w+)\b",
        Trait.OPEN: r"^\W*(?:y\s+)?(?:qu[eé]|qui[eé]n|cu[aá]l(?:es)?|cu[aá]ndo|d[oó]nde|c[oó]mo|cu[aá]nt[oa]s?|por qu[eé]|muestra\w*|describe)\b",
    },
    anchors={
        "during": r"\bdurante (?:la |el |los |las )?M",
        "before": r"\b(?P<close>justo )?antes de(?:l| la| los| las)? ?M",
        "after": r"\b(?P<close>justo )?después de(?:l| la| los| las)? ?M",
    },
    refers_back=r"\b(?:él|ella|eso|esto|ese|esa|lo|la|los|las)\b",
    begins_follow_up=r"^\W*(?:y|pero|también|luego|solo|sólo|o|ahora|con)\b",
)
