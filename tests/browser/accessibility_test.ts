import axe from "axe-core";
import assert from "node:assert/strict";
import { launchChromium, startSite, type Tab } from "./harness.ts";
import { makeModels } from "./site_models.ts";

const models = await makeModels();
addEventListener("unload", () => Deno.removeSync(models, { recursive: true }));

/** Every kind of page, a failed one and one with an opened model among them. */
const PAGES = [
  "/",
  "/compare",
  "/explore",
  "/explore#/models/digits/",
  "/m/digits?seed=4&z=2:1.5&t=0.5",
  "/m/truncated",
  "/widget",
  "/m/no-card",
  "/nope",
  "/embed/digits",
  "/embed/nope",
  "/embed/no-card",
];

/** What axe-core finds on the page as it is now, one line each. */
async function findings(tab: Tab, rules?: string[]): Promise<string[]> {
  await tab.evaluate(axe.source as unknown as () => void);
  const { violations } = await tab.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(rules ? { runOnly: rules } : {});
    return { violations };
  }, rules);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, failureSummary }) =>
      `${id}: ${help}: ${target} ${html.slice(0, 120)} ${failureSummary}`
    )
  );
}

/** Without motion, colours change at once. */
function emulate(tab: Tab, scheme: "light" | "dark") {
  return tab.page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: scheme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
}

/** Until the sampler drew, or said why it cannot. */
function settled(tab: Tab) {
  return tab.waitFor(
    "the page to settle",
    () =>
      document.readyState === "complete" && document.querySelector("progress") === null &&
      (location.pathname !== "/embed/digits" ||
        (document.querySelector("ganlet-sampler") as unknown as { loaded: boolean }).loaded) &&
      (location.hash === "" || document.querySelector(".frame canvas") !== null) &&
      [...document.querySelectorAll(".frame")].every((frame) =>
        frame.querySelector('canvas:not([hidden]), [role="alert"]')
      ),
  );
}

Deno.test("axe-core finds nothing to object to on any page, in light and in dark", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const found: string[] = [];
  const tab = await browser.open();
  await tab.page.setViewport({ width: 1024, height: 900 });
  for (const page of PAGES) {
    await emulate(tab, "light");
    await tab.goto("about:blank"); // another fragment alone would load nothing
    await tab.goto(site.origin + page);
    await settled(tab);
    found.push(...(await findings(tab)).map((finding) => `${page}, light: ${finding}`));
    // Only colours differ.
    await emulate(tab, "dark");
    const inDark = await findings(tab, ["color-contrast"]);
    found.push(...inDark.map((finding) => `${page}, dark: ${finding}`));
  }
  assert.deepEqual(found, []);
});

/** What Tab can come to on the page, or in its elements' shadow trees; of a group of radio buttons it is one. */
function reachable(): string[] {
  const found: string[] = [];
  const groups = new Set<string>();
  const visit = (root: Document | ShadowRoot) => {
    for (const element of root.querySelectorAll<HTMLElement>("*")) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const isControl = element.matches(
        "a[href], button, input, select, textarea, summary, iframe, [tabindex]",
      );
      const { name, type } = element as HTMLInputElement;
      if (!isControl || element.tabIndex < 0 || element.matches(":disabled, [inert] *")) continue;
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      if (type === "radio" && groups.size === groups.add(name).size) continue;
      element.dataset.stop = String(found.length);
      found.push(element.outerHTML.slice(0, 120));
    }
  };
  visit(document);
  return found;
}

/** Where the focus is: its number in `reachable()`, null outside of the page, and the ring around it. */
function focused(): { stop: string | null; outline: number; isSeen: boolean } {
  let at = document.activeElement as HTMLElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement as HTMLElement;
  if (at === document.body) return { stop: null, outline: 0, isSeen: false };
  const stop = at.dataset.stop ?? at.outerHTML.slice(0, 120);
  const { left, right, top, bottom } = at.getBoundingClientRect();
  const isSeen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  // A card may show for its link that it has the focus.
  let outline = 0;
  for (let e: HTMLElement | null = at; e && outline === 0; e = e.parentElement) {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(e);
    const isDrawn = outlineStyle !== "none" && !/, 0\)$|transparent/.test(outlineColor);
    outline = isDrawn ? parseFloat(outlineWidth) : 0;
  }
  return { stop, outline, isSeen };
}

Deno.test("Tab comes to all that can be used on every page, and a ring shows where it is", async () => {
  await using site = await startSite({ models });
  await using browser = await launchChromium();
  const tab = await browser.open();
  await tab.page.setViewport({ width: 1024, height: 900 });
  await emulate(tab, "light");
  let visited = 0;
  for (const page of PAGES) {
    await tab.goto("about:blank");
    await tab.goto(site.origin + page);
    await settled(tab);
    const stops = await tab.evaluate(reachable);
    const left = new Set(stops.keys());
    for (let presses = 0; presses < 2 * stops.length && left.size > 0; presses++) {
      await tab.page.keyboard.press("Tab");
      const { stop, outline, isSeen } = await tab.evaluate(focused);
      if (stop === null) continue;
      const where = `${page}: ${stops[Number(stop)] ?? stop}`;
      assert.ok(isSeen, `${where} has the focus out of sight`);
      assert.ok(outline >= 2, `${where} has the focus and no ring`);
      left.delete(Number(stop));
    }
    assert.deepEqual([...left].map((i) => stops[i]), [], page);
    visited += stops.length;
  }
  assert.ok(visited > 300, `${visited} stops`);
});
