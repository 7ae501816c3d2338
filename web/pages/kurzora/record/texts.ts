import { textsOf } from '../../../app/language.ts';

export const TEXTS = {
  en: {
    inShort: 'In short',
    nothingYet: 'No score has an outcome yet: nothing can be said.',
    engine: 'The engine’s score',
    calibrated: 'The calibrated score',
    engineNoHistory: 'The engine’s score has too little history behind it for a forecast: no edge is claimed.',
    engineEdge: 'The engine’s score knew more than the base rate (Brier skill {skill}, 95 % CI {interval}).',
    engineNone:
      'The engine’s score shows no edge: as a probability it knew no more than the base rate (Brier skill {skill}, 95 % CI {interval}).',
    calibratedEdge: 'The calibrated score knew more than the base rate (Brier skill {skill}, 95 % CI {interval}).',
    calibratedNone:
      'The calibrated score shows no edge: as a probability it knew no more than the base rate (Brier skill {skill}, 95 % CI {interval}).',
    trendRising:
      'Within a day, higher scores did better than chance would have it (p {p}); how much better stands in the table.',
    trendFalling: 'Within a day, higher scores did worse (p {p}): do not rank by them.',
    trendNone: 'Within a day, higher scores did no better than lower ones beyond chance (p {p}).',
    bucketAbove:
      'Scores {from}–{to} reached 2R {rate} of the time, above the base rate of {base} (one such interval in twenty misses by chance).',
    bucketBelow:
      'Scores {from}–{to} reached 2R {rate} of the time, below the base rate of {base} (one such interval in twenty misses by chance).',
    between: '{low} to {high}',
    picture: 'Hit rate and interval; the mark is the base rate',
    pictureScale: 'Scale 0 to {most}',
    calibratedScore: 'Chance in %',
    calibratedWhat:
      'A logistic fit of the engine’s score and readings, refitted every 21 sessions on what was known by then, in five groups of equal size.',
    reliability: 'What was said, and what came',
    reliabilityWhat:
      'Each point is a tenth of the forecasts: across what was said, up what came. On the line the two agree; the bars are 95 % intervals.',
    reliabilityAlt:
      'Reliability diagram: {points} groups of forecasts; {inside} of them have the diagonal within their interval.',
    said: 'Said',
    came: 'Came',
    ofEngine: 'engine',
    ofCalibrated: 'calibrated',
    skill: 'Brier skill',
    skillAlt: 'Brier skill {skill}, 95 % interval {interval}; zero is the base rate.',
    skillWhat:
      'Above zero: as a probability the score knew more than the base rate. An edge is claimed only when the whole interval lies there.',
    placebos: 'Placebos',
    placebosWhat:
      'The same procedure where the truth is known. It must find nothing where there is nothing, and find what was planted.',
    market: 'Market',
    randomWalk: 'Random walk',
    shuffled: 'These days in another order',
    planted: 'Planted signal',
    trendP: 'p of the order',
    verdict: 'Came out',
    flat: 'flat, as it must be',
    notFlat: 'NOT FLAT: the procedure leaks',
    found: 'found, as it must be',
    notFound: 'NOT FOUND: the procedure is blind',
    measured: 'How it is measured',
    measuredHow:
      'Every score is worked out again from what was known at the close. Bought at the next open; stop 1 ATR({period}) below, target {multiple} ATR above, sold after {horizon} sessions otherwise; both in one bar is the stop. Costs of {cost} basis points at either end are in “mean R”. The base rate is that of every stock the engine judged on the same days, whether it got a score or not. Every score is read as “buy”.',
    notSaid:
      'A past rate is no promise. Histories of stocks that are still listed flatter every rate alike, and the base rate with them.',
    simulatedRecord: 'The market here is simulated, and so is its record.',
    lift: 'Over base',
    data: 'Data {hash}, worked out {time}.',
  },
  de: {
    inShort: 'In Kürze',
    nothingYet: 'Noch hat kein Wert einen Ausgang: Es lässt sich nichts sagen.',
    engine: 'Der Wert der Engine',
    calibrated: 'Der kalibrierte Wert',
    engineNoHistory:
      'Hinter dem Wert der Engine liegt zu wenig Geschichte für eine Prognose: Es wird kein Vorteil behauptet.',
    engineEdge: 'Der Wert der Engine wusste mehr als die Grundrate (Brier-Skill {skill}, 95 %-KI {interval}).',
    engineNone:
      'Der Wert der Engine zeigt keinen Vorteil: Als Wahrscheinlichkeit wusste er nicht mehr als die Grundrate (Brier-Skill {skill}, 95 %-KI {interval}).',
    calibratedEdge: 'Der kalibrierte Wert wusste mehr als die Grundrate (Brier-Skill {skill}, 95 %-KI {interval}).',
    calibratedNone:
      'Der kalibrierte Wert zeigt keinen Vorteil: Als Wahrscheinlichkeit wusste er nicht mehr als die Grundrate (Brier-Skill {skill}, 95 %-KI {interval}).',
    trendRising:
      'Innerhalb eines Tages schnitten höhere Werte besser ab, als der Zufall es täte (p {p}); wie viel besser, steht in der Tabelle.',
    trendFalling: 'Innerhalb eines Tages schnitten höhere Werte schlechter ab (p {p}): nicht danach ordnen.',
    trendNone:
      'Innerhalb eines Tages schnitten höhere Werte nicht besser ab als niedrigere, über den Zufall hinaus (p {p}).',
    bucketAbove:
      'Werte von {from}–{to} erreichten 2R in {rate} der Fälle, über der Grundrate von {base} (eines von zwanzig solchen Intervallen verfehlt durch Zufall).',
    bucketBelow:
      'Werte von {from}–{to} erreichten 2R in {rate} der Fälle, unter der Grundrate von {base} (eines von zwanzig solchen Intervallen verfehlt durch Zufall).',
    between: '{low} bis {high}',
    picture: 'Trefferquote und Intervall; der Strich ist die Grundrate',
    pictureScale: 'Skala 0 bis {most}',
    calibratedScore: 'Chance in %',
    calibratedWhat:
      'Eine logistische Anpassung an Wert und Messungen der Engine, alle 21 Sitzungen neu an dem, was bis dahin bekannt war, in fünf gleich großen Gruppen.',
    reliability: 'Was gesagt wurde und was kam',
    reliabilityWhat:
      'Jeder Punkt ist ein Zehntel der Prognosen: nach rechts, was gesagt wurde, nach oben, was kam. Auf der Linie stimmt beides überein; die Balken sind 95 %-Intervalle.',
    reliabilityAlt:
      'Zuverlässigkeitsdiagramm: {points} Gruppen von Prognosen; bei {inside} davon liegt die Diagonale im Intervall.',
    said: 'Gesagt',
    came: 'Gekommen',
    ofEngine: 'Engine',
    ofCalibrated: 'kalibriert',
    skill: 'Brier-Skill',
    skillAlt: 'Brier-Skill {skill}, 95 %-Intervall {interval}; null ist die Grundrate.',
    skillWhat:
      'Über null: Als Wahrscheinlichkeit wusste der Wert mehr als die Grundrate. Ein Vorteil wird nur behauptet, wenn das ganze Intervall dort liegt.',
    placebos: 'Placebos',
    placebosWhat:
      'Dasselbe Verfahren, wo die Wahrheit bekannt ist. Es darf nichts finden, wo nichts ist, und muss finden, was gepflanzt wurde.',
    market: 'Markt',
    randomWalk: 'Zufallsbewegung',
    shuffled: 'Diese Tage in anderer Reihenfolge',
    planted: 'Gepflanztes Signal',
    trendP: 'p der Reihenfolge',
    verdict: 'Ergebnis',
    flat: 'flach, wie es sein muss',
    notFlat: 'NICHT FLACH: Das Verfahren ist undicht',
    found: 'gefunden, wie es sein muss',
    notFound: 'NICHT GEFUNDEN: Das Verfahren ist blind',
    measured: 'Wie gemessen wird',
    measuredHow:
      'Jeder Wert wird aus dem neu berechnet, was zum Handelsschluss bekannt war. Gekauft zur nächsten Eröffnung; Stopp 1 ATR({period}) darunter, Ziel {multiple} ATR darüber, sonst verkauft nach {horizon} Sitzungen; beides in einer Kerze gilt als Stopp. Kosten von {cost} Basispunkten an beiden Enden stecken im „mittleren R“. Die Grundrate ist die aller Aktien, die die Engine an denselben Tagen beurteilt hat, ob sie einen Wert bekamen oder nicht. Jeder Wert wird als „Kauf“ gelesen.',
    notSaid:
      'Eine vergangene Quote ist kein Versprechen. Geschichten von Aktien, die noch notiert sind, schmeicheln jeder Quote gleich, auch der Grundrate.',
    simulatedRecord: 'Der Markt hier ist simuliert, und so ist es seine Bilanz.',
    lift: 'Über Grundrate',
    data: 'Daten {hash}, berechnet {time}.',
  },
  ar: {
    inShort: 'باختصار',
    nothingYet: 'لا نتيجة لأي درجة بعد: لا يمكن قول شيء.',
    engine: 'درجة المحرك',
    calibrated: 'الدرجة المعايَرة',
    engineNoHistory: 'خلف درجة المحرك تاريخ أقل من أن يسمح بتوقع: لا تُدّعى أفضلية.',
    engineEdge: 'عرفت درجة المحرك أكثر من المعدل الأساسي (مهارة برير {skill}، فاصل ثقة 95 % {interval}).',
    engineNone:
      'لا تُظهر درجة المحرك أفضلية: كاحتمال لم تعرف أكثر من المعدل الأساسي (مهارة برير {skill}، فاصل ثقة 95 % {interval}).',
    calibratedEdge: 'عرفت الدرجة المعايَرة أكثر من المعدل الأساسي (مهارة برير {skill}، فاصل ثقة 95 % {interval}).',
    calibratedNone:
      'لا تُظهر الدرجة المعايَرة أفضلية: كاحتمال لم تعرف أكثر من المعدل الأساسي (مهارة برير {skill}، فاصل ثقة 95 % {interval}).',
    trendRising: 'ضمن اليوم الواحد كانت الدرجات الأعلى أفضل مما تفعله الصدفة (p {p})؛ والجدول يبيّن بكم.',
    trendFalling: 'ضمن اليوم الواحد كانت الدرجات الأعلى أسوأ (p {p}): لا ترتّب بها.',
    trendNone: 'ضمن اليوم الواحد لم تكن الدرجات الأعلى أفضل من الأدنى بما يتجاوز الصدفة (p {p}).',
    bucketAbove:
      'بلغت درجات {from}–{to} مستوى 2R في {rate} من الحالات، فوق المعدل الأساسي {base} (واحد من كل عشرين فاصلًا كهذا يخطئ صدفةً).',
    bucketBelow:
      'بلغت درجات {from}–{to} مستوى 2R في {rate} من الحالات، دون المعدل الأساسي {base} (واحد من كل عشرين فاصلًا كهذا يخطئ صدفةً).',
    between: '{low} إلى {high}',
    picture: 'نسبة الإصابة وفاصلها؛ والعلامة هي المعدل الأساسي',
    pictureScale: 'المقياس من 0 إلى {most}',
    calibratedScore: 'الاحتمال %',
    calibratedWhat:
      'مواءمة لوجستية لدرجة المحرك وقراءاته، تُعاد كل 21 جلسة على ما كان معروفًا حينها، في خمس مجموعات متساوية.',
    reliability: 'ما قيل وما حدث',
    reliabilityWhat:
      'كل نقطة عُشر التوقعات: أفقيًا ما قيل، وعموديًا ما حدث. على الخط يتفق الاثنان، والأعمدة فواصل ثقة 95 %.',
    reliabilityAlt: 'مخطط الموثوقية: {points} مجموعات من التوقعات، والقطر داخل فاصل {inside} منها.',
    said: 'قيل',
    came: 'حدث',
    ofEngine: 'المحرك',
    ofCalibrated: 'المعايَرة',
    skill: 'مهارة برير',
    skillAlt: 'مهارة برير {skill}، فاصل 95 % {interval}؛ الصفر هو المعدل الأساسي.',
    skillWhat: 'فوق الصفر: عرفت الدرجة كاحتمال أكثر من المعدل الأساسي. لا تُدّعى أفضلية إلا إذا وقع الفاصل كله هناك.',
    placebos: 'اختبارات وهمية',
    placebosWhat: 'الإجراء نفسه حيث الحقيقة معروفة. يجب ألا يجد شيئًا حيث لا شيء، وأن يجد ما زُرع.',
    market: 'السوق',
    randomWalk: 'مشي عشوائي',
    shuffled: 'هذه الأيام بترتيب آخر',
    planted: 'إشارة مزروعة',
    trendP: 'p للترتيب',
    verdict: 'النتيجة',
    flat: 'مستوٍ كما يجب',
    notFlat: 'غير مستوٍ: الإجراء يسرّب',
    found: 'وُجدت كما يجب',
    notFound: 'لم توجد: الإجراء أعمى',
    measured: 'كيف يُقاس',
    measuredHow:
      'تُحسب كل درجة من جديد مما كان معروفًا عند الإغلاق. شراء عند الافتتاح التالي؛ الوقف أدنى بمقدار 1 ATR({period}) والهدف أعلى بمقدار {multiple} ATR، وإلا بيع بعد {horizon} جلسة؛ وإذا حدثا في شمعة واحدة فهو الوقف. تكاليف {cost} نقاط أساس عند كل طرف داخلة في «متوسط R». المعدل الأساسي لكل سهم حكم عليه المحرك في الأيام نفسها، سواء نال درجة أم لا. وتُقرأ كل درجة على أنها «شراء».',
    notSaid: 'المعدل الماضي ليس وعدًا. وتاريخ الأسهم التي ما زالت مدرجة يجمّل كل معدل بالقدر نفسه، ومعه المعدل الأساسي.',
    simulatedRecord: 'السوق هنا محاكاة، وكذلك سجله.',
    lift: 'فوق الأساس',
    data: 'البيانات {hash}، حُسبت {time}.',
  },
} as const;

export const say = textsOf(TEXTS);
