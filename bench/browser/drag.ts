import { launchChromium } from "../../tests/browser/harness.ts";

const FRAMES = 120;
const LONGEST_MS = 16;

/** What a trace says of one task of a thread, in microseconds; `tdur` is its own processor time. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

/** Drags a slider, a step each frame, and looks at the tasks of the page's main thread meanwhile. */
export async function drag(url: string) {
  await using browser = await launchChromium({ hardwareConcurrency: 4 });
  const tab = await browser.open(url);
  await tab.waitFor("the grid", () =>
    document.querySelector("canvas[data-drawn]") !== null &&
    [...document.querySelectorAll<HTMLCanvasElement>(".grid canvas")].every((canvas) =>
      canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data[3] === 255
    ));
  await tab.page.tracing.start({
    categories: ["toplevel"],
  });
  const drawn = await tab.evaluate(async (frames) => {
    const canvas = document.querySelector<HTMLCanvasElement>("canvas[data-drawn]")!;
    const slider = document.querySelector<HTMLInputElement>(
      '.sliders input[type="range"], input[type="range"]',
    )!;
    let drawn = 0;
    new MutationObserver(() => drawn++).observe(canvas, { attributeFilter: ["data-drawn"] });
    const { min, max } = slider;
    for (let frame = 0; frame < frames; frame++) {
      const part = frame / frames;
      slider.value = String(Number(min) + part * (Number(max) - Number(min)));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(requestAnimationFrame);
    }
    return drawn;
  }, FRAMES);
  const trace = new TextDecoder().decode(await tab.page.tracing.stop());
  const events: TraceEvent[] = JSON.parse(trace).traceEvents;
  const page = events.filter(({ name, ph, args }) =>
    ph === "M" && name === "thread_name" && args.name === "CrRendererMain"
  );
  const milliseconds = events
    .filter(({ name, pid, tid }) =>
      name.endsWith("RunTask") && page.some((thread) => thread.pid === pid && thread.tid === tid)
    )
    .map(({ dur = 0, tdur = dur }) => tdur / 1000);
  return {
    frames: FRAMES,
    drawn,
    tasks: milliseconds.length,
    longestTask: milliseconds.reduce((a, b) => Math.max(a, b), 0),
    tasksAbove16: milliseconds.filter((ms) => ms > LONGEST_MS).length,
  };
}
