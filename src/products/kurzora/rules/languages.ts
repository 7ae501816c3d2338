export const LANGUAGES = ['en', 'de', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first language of an Accept-Language header, by weight, that the product speaks; English otherwise. */
export function languageOf(header: string | readonly string[] | undefined): Language {
  const wanted = String(header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = Number(/^\s*q=([\d.]+)\s*$/.exec(parameters.join(';'))?.[1] ?? 1);
      return { language: tag.split('-', 1)[0]!.toLowerCase(), weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of wanted)
    if ((LANGUAGES as readonly string[]).includes(language)) return language as Language;
  return 'en';
}
