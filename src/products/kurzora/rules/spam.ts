/** Marks of advertising: three addresses of pages are unusual, a text in capitals too. From 5 on a message counts as spam. */
export function spamScore({ subject, message }: { readonly subject: string; readonly message: string }): number {
  const text = `${subject}\n${message}`;
  const links = text.match(/https?:\/\/|www\./gi)?.length ?? 0;
  const letters = text.replace(/[^A-Za-z]/g, '');
  const shouted = letters.length > 30 && letters.replace(/[^A-Z]/g, '').length / letters.length > 0.7;
  const wares =
    text.match(/\b(?:viagra|casino bonus|backlinks?|seo services|crypto giveaway|whatsapp me)\b/gi)?.length ?? 0;
  const markup = /\[url=|<a\s+href/i.test(text);
  return Math.min(100, Math.max(0, links - 2) * 2 + (shouted ? 2 : 0) + wares * 3 + (markup ? 3 : 0));
}
