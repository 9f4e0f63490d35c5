/** The way from one picture to the next, as "New picture" goes it. */

/** How long it takes. */
const TRAVEL_MS = 500;
const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";
/** A page in the background gets no frames. */
const LONGEST_FRAME_MS = 250;

export function isMotionWelcome(): boolean {
  return !matchMedia(REDUCED_MOTION).matches;
}

/** How far it is by now, frame by frame, up to 1. */
export async function* fractions(): AsyncGenerator<number> {
  const start = performance.now();
  for (let t = 0; t < 1;) {
    t = Math.min(1, (await nextFrame() - start) / TRAVEL_MS);
    yield t;
  }
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(() => resolve(performance.now()), LONGEST_FRAME_MS);
  });
}
