import assert from "node:assert/strict";
import { startSite } from "../../browser/harness.ts";
import { audit, CATEGORIES, type Device, median } from "./audit.ts";

const LEAST_SCORE = 95;
/** Performance depends on the machine and its load: it is reported, as the median of so many visits. */
const VISITS = 5;

for (const device of ["mobile", "desktop"] satisfies Device[]) {
  for (const page of ["/", "/m/:id", "/compare"]) {
    Deno.test({
      name: `Lighthouse on ${device} finds ${page} accessible, well made, fit for search engines`,
      // Lighthouse leaves timers and its connection to the browser behind.
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        await using site = await startSite();
        const { models: [{ id }] } = await (await fetch(`${site.origin}/api/models`)).json();
        const url = site.origin + page.replace(":id", id);
        const first = await audit(url, device, CATEGORIES);
        const visits = [first];
        while (visits.length < VISITS) {
          visits.push(await audit(url, device, ["performance"]));
        }
        const performance = median(visits.map(({ scores }) => scores.performance!));
        const timings = Object.keys(first.timings).map((name) =>
          `${name} ${median(visits.map(({ timings }) => timings[name]))}`
        );
        const { performance: _, ...tested } = first.scores;
        const told = Object.entries(tested).map(([name, score]) => `${name} ${score}`);
        console.log(
          `${page}, ${device}: ${told.join(", ")}, performance ${performance} (${
            timings.join(", ")
          })`,
        );
        for (const [category, score] of Object.entries(tested)) {
          assert.ok(score >= LEAST_SCORE, `${category}: ${score}\n${first.faults.join("\n")}`);
        }
      },
    });
  }
}
