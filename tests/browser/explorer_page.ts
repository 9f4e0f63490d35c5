/** The explorer's page as the browser tests use it. */
import assert from "node:assert/strict";
import type { Pixels, Tab, TestBrowser } from "./harness.ts";

/** The explorer of the sound model of 32 x 32 grey pictures. */
export const PAGE = "/m/digits";

/** Waits until the current sample is the one that `query` names, grid and endpoints may still come. */
export async function waitForSample(tab: Tab, query: string): Promise<Pixels> {
  await tab.waitFor(
    `the sample of "${query}"`,
    (query) =>
      document.querySelector<HTMLElement>(".frame canvas:not([hidden])")?.dataset.drawn === query,
    query,
  );
  return await tab.pixels(".frame canvas");
}

export async function openSample(
  browser: TestBrowser,
  origin: string,
  query = "",
): Promise<[Tab, Pixels]> {
  const tab = await browser.open(origin + PAGE + query);
  return [tab, await waitForSample(tab, query)];
}

export function message(tab: Tab): Promise<string> {
  return tab.evaluate(() => document.querySelector(".backend-message")!.textContent!);
}

export function largestDifference(a: Pixels, b: Pixels): number {
  assert.equal(a.data.length, b.data.length);
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);
}

export async function press(tab: Tab, name: string): Promise<void> {
  await tab.waitFor(
    `a button "${name}" that can be pressed`,
    (name) => {
      const buttons = [...document.querySelectorAll("button")];
      const button = buttons.find((b) => (b.ariaLabel ?? b.textContent!.trim()) === name);
      if (!button || button.disabled) return null;
      button.click();
      return true;
    },
    name,
  );
}

/**
 * Presses the pointer on the middle of the page's first slider. It stays down: `to` drags on, to a
 * share of the slider's width from the left, `release` lets go.
 */
export async function pressSlider(tab: Tab) {
  const { x, y, width } = await tab.evaluate(() => {
    const slider = document.querySelector(".sliders input")!;
    slider.scrollIntoView({ block: "center" });
    const { x, y, width, height } = slider.getBoundingClientRect();
    return { x, y: y + height / 2, width };
  });
  const { mouse } = tab.page;
  await mouse.move(x + width / 2, y);
  await mouse.down();
  return {
    to: (share: number) => mouse.move(x + width * share, y, { steps: 5 }),
    release: () => mouse.up(),
  };
}

export const address = (tab: Tab) => tab.evaluate(() => location.pathname + location.search);
