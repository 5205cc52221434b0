/** A page that a reader keeps in a list of their own: its path, and what it is about. */
export interface Entry {
  path: string;
  name: string;
}

const key = "stpd-list";
const maxEntries = 60;
const maxName = 200;

// What else could stand in the storage of this address is no page of a place, a measure or a claim.
const listed =
  /^\/(footprints\/[\w-]+(\/[\w-]+)?|measures\/[\w-]+|claims\/[\w-]+|organisations\/[\w-]+|regions\/[\w-]+)$/;

/** What is in the list; nothing where the browser keeps nothing for us. */
export function readList(): Entry[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter(isEntry).slice(0, maxEntries);
  } catch {
    return [];
  }
}

function isEntry(entry: unknown): entry is Entry {
  const { path, name } = (entry ?? {}) as Partial<Entry>;
  return (
    typeof path === "string" &&
    listed.test(path) &&
    typeof name === "string" &&
    name !== "" &&
    name.length <= maxName
  );
}

/** Keeps a list, and tells whether the browser did. */
function keepList(entries: Entry[]): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(entries));
    return true;
  } catch {
    return false;
  }
}

/** Puts a page in the list, or takes it out where it is there; tells whether that is kept. */
export function toggle(entry: Entry): boolean {
  const rest = readList().filter(({ path }) => path !== entry.path);
  const there = rest.length < readList().length;
  if (!there && (rest.length === maxEntries || !isEntry(entry))) return false;
  return keepList(there ? rest : [...rest, entry]);
}

/** Offers under its heading to put this page in the list. */
export function offerList(heading: Element, entry: Entry): void {
  const offer = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  const status = document.createElement("span");
  status.role = "status";
  const show = () => {
    const there = readList().some(({ path }) => path === entry.path);
    button.textContent = there ? "Remove from my list" : "Add to my list";
  };
  button.addEventListener("click", () => {
    const kept = toggle(entry);
    show();
    const there = readList().some(({ path }) => path === entry.path);
    if (!kept) status.textContent = `This browser keeps no list, or it has ${maxEntries} pages.`;
    else status.textContent = there ? "Added. The list is on the first page." : "Removed.";
  });
  show();
  offer.append(button, " ", status);
  const under = heading.nextElementSibling;
  if (under?.matches(".under-heading")) {
    under.append(" · ", offer);
  } else {
    const line = document.createElement("p");
    line.className = "under-heading";
    line.append(offer);
    heading.after(line);
  }
}

/** Shows the list in a section that is hidden while there is none. */
export function showList(section: HTMLElement): void {
  const list = section.querySelector("ul")!;
  const show = () => {
    const entries = readList().sort((a, b) => a.name.localeCompare(b.name));
    section.hidden = entries.length === 0;
    list.replaceChildren(
      ...entries.map((entry) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = entry.path;
        link.textContent = entry.name;
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "linklike";
        remove.textContent = "Remove";
        remove.setAttribute("aria-label", `Remove ${entry.name}`);
        remove.addEventListener("click", () => {
          toggle(entry);
          show();
          if (!section.hidden) section.querySelector<HTMLElement>("h2")?.focus();
        });
        item.append(link, " ", remove);
        return item;
      }),
    );
  };
  show();
}
