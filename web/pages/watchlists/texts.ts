import { textsOf } from '../../app/language.ts';

export const TEXTS = {
  en: {
    newWatchlist: 'New watchlist',
    removeList: 'Remove list',
    removeTicker: 'Remove {ticker}',
    emptyList: 'No stocks on this list yet.',
    alreadyThere: 'That is on the list already.',
  },
  de: {
    newWatchlist: 'Neue Merkliste',
    removeList: 'Liste entfernen',
    removeTicker: '{ticker} entfernen',
    emptyList: 'Noch keine Aktien auf dieser Liste.',
    alreadyThere: 'Das steht schon auf der Liste.',
  },
  ar: {
    newWatchlist: 'قائمة متابعة جديدة',
    removeList: 'حذف القائمة',
    removeTicker: 'إزالة {ticker}',
    emptyList: 'لا توجد أسهم في هذه القائمة بعد.',
    alreadyThere: 'موجود في القائمة بالفعل.',
  },
} as const;

export const say = textsOf(TEXTS);
