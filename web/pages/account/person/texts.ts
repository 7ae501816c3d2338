import { textsOf } from '../../../app/language.ts';

export const TEXTS = {
  en: {
    removePicture: 'Remove the picture',
    noPicture: 'This is no JPEG, PNG or WebP picture.',
    largePicture: 'This picture is larger than 2 MB.',
    about: 'You',
    timezone: 'Time zone',
    confirmed: 'confirmed',
    notConfirmed: 'not confirmed',
    languageLead: 'Pages and mails are written in it.',
    currentPassword: 'Current password',
    passwordLead: 'Other devices are signed out.',
    wrongCurrent: 'The current password is not the right one.',
    thisDevice: 'This device',
  },
  de: {
    removePicture: 'Bild entfernen',
    noPicture: 'Das ist kein Bild in JPEG, PNG oder WebP.',
    largePicture: 'Dieses Bild ist größer als 2 MB.',
    about: 'Sie',
    timezone: 'Zeitzone',
    confirmed: 'bestätigt',
    notConfirmed: 'nicht bestätigt',
    languageLead: 'In ihr sind Seiten und E-Mails geschrieben.',
    currentPassword: 'Jetziges Passwort',
    passwordLead: 'Andere Geräte werden abgemeldet.',
    wrongCurrent: 'Das jetzige Passwort stimmt nicht.',
    thisDevice: 'Dieses Gerät',
  },
  ar: {
    removePicture: 'إزالة الصورة',
    noPicture: 'هذه ليست صورة JPEG أو PNG أو WebP.',
    largePicture: 'هذه الصورة أكبر من 2 ميغابايت.',
    about: 'أنت',
    timezone: 'المنطقة الزمنية',
    confirmed: 'مؤكَّد',
    notConfirmed: 'غير مؤكَّد',
    languageLead: 'تُكتب بها الصفحات والرسائل.',
    currentPassword: 'كلمة المرور الحالية',
    passwordLead: 'يُسجَّل الخروج من الأجهزة الأخرى.',
    wrongCurrent: 'كلمة المرور الحالية غير صحيحة.',
    thisDevice: 'هذا الجهاز',
  },
} as const;

export const say = textsOf(TEXTS);
