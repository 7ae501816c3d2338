/** What a mail about payments says: subject and sentence, by language. */
type Kind = 'trial_ending' | 'payment_failed' | 'subscription_ended' | 'refunded';
type Texts = Readonly<Record<Kind, readonly [subject: string, sentence: string]>>;

const EN: Texts = {
  trial_ending: [
    'Your trial ends soon',
    'Your trial ends in three days. Your card is charged then, unless you cancel before.',
  ],
  payment_failed: [
    'Your payment failed',
    'We could not charge your card. Your plan stays for three days: please look at your payment method.',
  ],
  subscription_ended: [
    'Your subscription has ended',
    'Your subscription has ended. Your account and its history stay.',
  ],
  refunded: ['You were refunded', 'We have refunded a payment of yours. It takes some days to arrive.'],
};
const DE: Texts = {
  trial_ending: [
    'Ihre Testphase endet bald',
    'Ihre Testphase endet in drei Tagen. Danach wird Ihre Karte belastet, wenn Sie nicht vorher kündigen.',
  ],
  payment_failed: [
    'Ihre Zahlung ist fehlgeschlagen',
    'Ihre Karte konnte nicht belastet werden. Ihr Tarif bleibt drei Tage bestehen: bitte prüfen Sie Ihre Zahlungsart.',
  ],
  subscription_ended: [
    'Ihr Abonnement ist beendet',
    'Ihr Abonnement ist beendet. Ihr Konto und sein Verlauf bleiben erhalten.',
  ],
  refunded: [
    'Sie haben eine Erstattung erhalten',
    'Wir haben Ihnen eine Zahlung erstattet. Bis sie eintrifft, dauert es einige Tage.',
  ],
};
const AR: Texts = {
  trial_ending: [
    'تنتهي فترتك التجريبية قريبًا',
    'تنتهي فترتك التجريبية خلال ثلاثة أيام، وبعدها يُخصم المبلغ من بطاقتك ما لم تُلغِ قبل ذلك.',
  ],
  payment_failed: ['تعذّر الدفع', 'لم نتمكن من الخصم من بطاقتك. تبقى خطتك ثلاثة أيام: يُرجى مراجعة وسيلة الدفع.'],
  subscription_ended: ['انتهى اشتراكك', 'انتهى اشتراكك. يبقى حسابك وسجلّه محفوظين.'],
  refunded: ['تم ردّ مبلغ إليك', 'رددنا إليك إحدى دفعاتك، وقد يستغرق وصولها بضعة أيام.'],
};

/** Subject, HTML and text of a notice; English where the language is unknown. */
export function noticeMail(kind: Kind, language: string): { subject: string; content: string; text: string } {
  const texts = language === 'de' ? DE : language === 'ar' ? AR : EN;
  const [subject, text] = texts[kind];
  const direction = language === 'ar' ? 'rtl' : 'ltr';
  const content = `<!doctype html><html dir="${direction}"><meta charset="utf-8"><body style="font-family:sans-serif"><h2>${subject}</h2><p>${text}</p></body></html>`;
  return { subject, content, text };
}
