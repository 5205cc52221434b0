/** Turns the panels that follow one another into tabs, with arrow keys between them. */
export function makeTabs(tabbed: HTMLElement, label: string): void {
  const panels = [...tabbed.querySelectorAll<HTMLElement>("[data-tab]")];
  const list = document.createElement("div");
  list.className = "tabs";
  list.role = "tablist";
  list.ariaLabel = label;

  const tabs = panels.map((panel) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "tabs__tab";
    tab.role = "tab";
    tab.id = `${panel.id}-tab`;
    tab.textContent = panel.dataset.tab ?? "";
    tab.setAttribute("aria-controls", panel.id);
    panel.role = "tabpanel";
    panel.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return tab;
  });

  const select = (chosen: number) => {
    tabs.forEach((tab, i) => {
      tab.ariaSelected = String(i === chosen);
      tab.tabIndex = i === chosen ? 0 : -1;
    });
    panels.forEach((panel, i) => (panel.hidden = i !== chosen));
  };

  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => select(i));
    tab.addEventListener("keydown", (event) => {
      const last = tabs.length - 1;
      const to = {
        ArrowRight: i === last ? 0 : i + 1,
        ArrowLeft: i === 0 ? last : i - 1,
        Home: 0,
        End: last,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(to);
      tabs[to]?.focus();
    });
  });

  // A fold within a tab would be a second lid.
  for (const details of tabbed.querySelectorAll("details")) {
    details.querySelector("summary")?.remove();
    details.replaceWith(...details.childNodes);
  }
  tabbed.prepend(list);
  tabbed.classList.add("tabbed--ready");
  select(0);
}
