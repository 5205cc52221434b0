import palette from "../../styles/_palette.scss?inline";

// The charts read their colours from the document, as they do on a page.
const style = document.createElement("style");
style.textContent = palette;
document.head.append(style);
