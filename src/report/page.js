"use strict";
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const tell = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
  button.hidden = false;
  button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; tell(); });
  dark.addEventListener("change", tell);
  tell();

  // Only what can be scrolled is a stop for the tab key.
  const boxes = [...document.querySelectorAll(".scroll, pre")];
  const measure = (box) => { box.tabIndex = box.scrollWidth > box.clientWidth + 1 ? 0 : -1; };
  const watch = new ResizeObserver((seen) => seen.forEach((one) => measure(one.target)));
  boxes.forEach((box) => watch.observe(box));

  // A link into folded detail unfolds it; on paper everything is unfolded.
  const unfold = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) { if (at.tagName === "DETAILS") at.open = true; }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((one) => { one.open = false; }));
  if (matchMedia("(max-width: 70rem)").matches) document.querySelector(".contents").open = false;
})();
