// Before anything is drawn: the theme chosen earlier, where the browser lets a page from disk remember one.
(function () {
  try {
    var chosen = localStorage.getItem("semtheory-theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch (error) {
    // Storage is closed to this page: the system's theme it is.
  }
})();
