/** The address that keeps the figures that a page shows now. */
export function permanentLink(address: string, asOf: string | undefined): string {
  const url = new URL(address);
  if (asOf) url.searchParams.set("as_of", asOf);
  return url.href;
}

/** Offers a link that keeps the figures that the page shows now. */
export function offerLink(parent: Element, asOf: string | undefined): void {
  const offer = document.createElement("p");
  offer.className = "choices__link";
  const status = document.createElement("span");
  status.role = "status";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = "Copy a link to these figures";
  button.addEventListener("click", async () => {
    const link = permanentLink(location.href, asOf);
    try {
      await navigator.clipboard.writeText(link);
      status.textContent =
        "Copied. This link keeps the figures shown now. Targets and derived measures follow their definitions.";
    } catch {
      status.textContent = link; // where pages may not write to the clipboard, it is there to be copied
    }
  });
  offer.append(button, " ", status);
  parent.append(offer);
}
