/** Lighthouse in Chromium, as the tests use it. */
import lighthouse, { desktopConfig } from "lighthouse";
import { launchChromium, type TestBrowser } from "../../browser/harness.ts";

export const CATEGORIES = ["accessibility", "best-practices", "seo", "performance"] as const;
export type Category = (typeof CATEGORIES)[number];
export type Device = "mobile" | "desktop";

export interface Audit {
  /** 0 to 100. */
  scores: Partial<Record<Category, number>>;
  /** What did not get full marks in the categories that are tested, one line each. */
  faults: string[];
  /** Milliseconds, and Cumulative Layout Shift without a unit. */
  timings: Record<string, number>;
}

const TIMINGS = {
  FCP: "first-contentful-paint",
  LCP: "largest-contentful-paint",
  TBT: "total-blocking-time",
  CLS: "cumulative-layout-shift",
  SI: "speed-index",
};

/** Chromium's own record of a visit fails now and then on a busy machine, or never ends. */
const ATTEMPTS = 3;
const VISIT_TIMEOUT_MS = 90_000;

/** One visit with an empty cache, on a simulated device and network, in a browser of its own. */
export async function audit(
  url: string,
  device: Device,
  categories: readonly Category[],
): Promise<Audit> {
  for (let attempt = 1;; attempt++) {
    await using browser = await launchChromium();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`No result for ${url} in ${VISIT_TIMEOUT_MS / 1000} s`)),
      VISIT_TIMEOUT_MS,
    );
    try {
      return await Promise.race([visit(browser, url, device, categories), late.promise]);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.log(`${error instanceof Error ? error.message : error}; once more`);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function visit(
  { browser }: TestBrowser,
  url: string,
  device: Device,
  categories: readonly Category[],
): Promise<Audit> {
  const result = await lighthouse(
    url,
    { port: Number(new URL(browser.wsEndpoint()).port), onlyCategories: [...categories] },
    device === "desktop" ? desktopConfig : undefined,
  );
  if (!result) throw new Error(`Lighthouse gave no result for ${url}`);
  const { lhr } = result;
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const scores: Audit["scores"] = {};
  const faults: string[] = [];
  for (const category of categories) {
    const { score, auditRefs } = lhr.categories[category];
    scores[category] = Math.round((score ?? 0) * 100);
    if (category === "performance") continue;
    for (const { id, weight } of auditRefs) {
      const { score, title, displayValue = "" } = lhr.audits[id];
      if (weight > 0 && score !== null && score < 1) {
        faults.push(`${category}, ${id}: ${title} ${displayValue}`);
      }
    }
  }
  const timings = Object.fromEntries(
    Object.entries(TIMINGS).flatMap(([name, id]) => {
      const value = lhr.audits[id]?.numericValue;
      return value === undefined ? [] : [[name, Number(value.toFixed(id === TIMINGS.CLS ? 3 : 0))]];
    }),
  );
  return { scores, faults, timings };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
