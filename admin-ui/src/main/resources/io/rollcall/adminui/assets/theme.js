// Runs before the page is painted, so that a stored choice does not flash. Without one the system's setting applies.
(() => {
  const root = document.documentElement;
  const order = ['system', 'light', 'dark'];
  let chosen = 'system';
  try {
    chosen = localStorage.getItem('theme') ?? 'system';
  } catch {
    // Storage may be disabled; the switch then lasts for this page.
  }
  const apply = () => {
    if (chosen === 'system') delete root.dataset.theme;
    else root.dataset.theme = chosen;
  };
  if (!order.includes(chosen)) chosen = 'system';
  apply();

  addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    if (!button) return;
    const name = () => { button.textContent = `Theme: ${chosen}`; };
    name();
    button.hidden = false;
    button.addEventListener('click', () => {
      chosen = order[(order.indexOf(chosen) + 1) % order.length];
      apply();
      name();
      try {
        localStorage.setItem('theme', chosen);
      } catch {
        // As above.
      }
    });
  });
})();
