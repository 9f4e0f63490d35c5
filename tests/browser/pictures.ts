/** Screenshots as tests compare them. */
import type { Tab } from "./tab.ts";

/**
 * Waits until nothing moves on the page by itself: pictures decoded, transitions and animations that
 * end at their end, and what follows of it drawn.
 */
export async function waitUntilStill(tab: Tab): Promise<void> {
  await tab.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const moving = () =>
      document.getAnimations().filter((one) =>
        one.effect!.getComputedTiming().endTime !== Infinity
      );
    await document.fonts.ready;
    const pictures = [...document.images].filter(({ complete, src }) => complete && src);
    await Promise.all(pictures.map((picture) => picture.decode()));
    do {
      await Promise.allSettled(moving().map(({ finished }) => finished));
      await frame();
      await frame();
    } while (moving().length > 0);
  });
}

const NOTICEABLE = 4; // of 255

/**
 * How two PNGs differ, decoded by the browser of `tab`; null where they do not. The browser rounds a pixel at the edge of a
 * curve now this way, now that (seven pixels by 1 of 255, one by 2), so that less than `NOTICEABLE` is none.
 */
export function difference(tab: Tab, a: Uint8Array, b: Uint8Array): Promise<string | null> {
  return tab.evaluate(
    async (noticeable, ...urls) => {
      const [before, after] = await Promise.all(urls.map(async (url) => {
        const picture = new Image();
        picture.src = url;
        await picture.decode();
        const { width, height } = picture;
        const context = new OffscreenCanvas(width, height).getContext("2d")!;
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, width, height);
      }));
      const size = ({ width, height }: ImageData) => `${width} x ${height}`;
      if (size(before) !== size(after)) return `${size(before)} and ${size(after)} pixels`;
      const { width, data } = before;
      let count = 0, most = 0, left = width, top = Infinity, right = 0, bottom = 0;
      for (let pixel = 0; pixel < data.length / 4; pixel++) {
        const channels = [0, 1, 2, 3].map((c) => 4 * pixel + c);
        const apart = Math.max(...channels.map((i) => Math.abs(data[i] - after.data[i])));
        if (apart < noticeable) continue;
        const [x, y] = [pixel % width, Math.floor(pixel / width)];
        count += 1;
        most = Math.max(most, apart);
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      }
      if (count === 0) return null;
      return `${count} pixels differ, by ${most} of 255 at most, ` +
        `from ${left},${top} to ${right},${bottom}`;
    },
    NOTICEABLE,
    ...[a, b].map((png) => `data:image/png;base64,${png.toBase64()}`),
  );
}
