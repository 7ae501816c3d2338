// Runs before the first paint, so that a chosen theme never flashes in the other one.
(() => {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem('language');
  if (language) document.documentElement.lang = language;
  if (language === 'ar' || new URLSearchParams(location.search).get('dir') === 'rtl')
    document.documentElement.dir = 'rtl';
})();
