import { beforeEach, describe, expect, test } from "vitest";
import { offerList, readList, showList, toggle } from "./list";

const emergency = {
  path: "/footprints/E54000005/emergency_admissions",
  name: "Emergency admissions, West Yorkshire",
};

beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = "";
});

describe("a list of pages that the browser keeps", () => {
  test("has a page once, until it is taken out", () => {
    expect(toggle(emergency)).toBe(true);
    expect(readList()).toEqual([emergency]);
    expect(toggle(emergency)).toBe(true);
    expect(readList()).toEqual([]);
  });

  test.each([
    "no list",
    '{"path":"/claims/a","name":"a"}',
    '[{"path":"javascript:alert(1)","name":"a"}]',
    '[{"path":"//elsewhere.example/claims/a","name":"a"}]',
    '[{"path":"/claims/a/../../b","name":"a"}]',
    '[{"path":"/claims/a?b","name":"a"}]',
    '[{"path":"/claims/a","name":7},{"path":"/claims/a"},null,7]',
  ])("shows nothing of %s", (kept) => {
    localStorage.setItem("stpd-list", kept);
    expect(readList()).toEqual([]);
  });

  test("is bounded", () => {
    for (let i = 0; i < 60; i++) expect(toggle({ path: `/claims/c${i}`, name: `${i}` })).toBe(true);
    expect(toggle(emergency)).toBe(false);
    expect(readList()).toHaveLength(60);
    expect(toggle({ path: "/claims/c7", name: "7" })).toBe(true);
    expect(readList()).toHaveLength(59);
  });

  test("is offered on a page, and says what became of it", () => {
    document.body.innerHTML = "<h1>Emergency admissions</h1>";
    offerList(document.querySelector("h1")!, emergency);
    const button = document.querySelector("button")!;
    expect(button.textContent).toBe("Add to my list");
    button.click();
    expect(button.textContent).toBe("Remove from my list");
    expect(document.querySelector("[role=status]")!.textContent).toContain("Added");
    button.click();
    expect(readList()).toEqual([]);
  });

  test("is shown on the first page, as text, and hidden while it is empty", () => {
    toggle({ path: "/claims/b", name: "<b>B</b>" });
    toggle({ path: "/claims/a", name: "A" });
    document.body.innerHTML = '<section hidden><h2 tabindex="-1">My list</h2><ul></ul></section>';
    const section = document.querySelector("section")!;
    showList(section);
    expect(section.hidden).toBe(false);
    expect([...section.querySelectorAll("a")].map((a) => a.textContent)).toEqual(["<b>B</b>", "A"]);
    for (const remove of [...section.querySelectorAll("button")]) remove.click();
    document.querySelector("button")?.click();
    expect(section.hidden).toBe(true);
    expect(readList()).toEqual([]);
  });
});
