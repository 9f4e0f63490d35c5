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
