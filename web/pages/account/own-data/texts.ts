import { textsOf } from '../../../app/language.ts';

export const TEXTS = {
  en: {
    data: 'Your data',
    lead: 'Everything that is kept about you, as one file of JSON.',
    download: 'Download my data',
    close: 'Close the account',
    closeLead: 'For good: subscription, sessions and keys end, and what names you is deleted. It cannot be taken back.',
    closeBegin: 'Close my account …',
    typeAddress: 'Type {email} to confirm',
    closeNow: 'Close it for good',
    cancel: 'Cancel',
    wrongAddress: 'This is not the address of the account.',
    wrongPassword: 'The password is not the right one.',
  },
  de: {
    data: 'Ihre Daten',
    lead: 'Alles, was über Sie gespeichert ist, als eine JSON-Datei.',
    download: 'Meine Daten herunterladen',
    close: 'Konto schließen',
    closeLead:
      'Endgültig: Abonnement, Sitzungen und Schlüssel enden, und was Sie benennt, wird gelöscht. Es lässt sich nicht zurücknehmen.',
    closeBegin: 'Mein Konto schließen …',
    typeAddress: 'Tippen Sie zur Bestätigung {email}',
    closeNow: 'Endgültig schließen',
    cancel: 'Abbrechen',
    wrongAddress: 'Das ist nicht die Adresse des Kontos.',
    wrongPassword: 'Das Passwort stimmt nicht.',
  },
  ar: {
    data: 'بياناتك',
    lead: 'كل ما هو محفوظ عنك في ملف JSON واحد.',
    download: 'تنزيل بياناتي',
    close: 'إغلاق الحساب',
    closeLead: 'نهائيًا: تنتهي الاشتراكات والجلسات والمفاتيح ويُحذف ما يدل عليك. لا يمكن التراجع عن ذلك.',
    closeBegin: 'إغلاق حسابي …',
    typeAddress: 'اكتب {email} للتأكيد',
    closeNow: 'إغلاق نهائي',
    cancel: 'إلغاء',
    wrongAddress: 'هذا ليس عنوان الحساب.',
    wrongPassword: 'كلمة المرور غير صحيحة.',
  },
} as const;

export const say = textsOf(TEXTS);
