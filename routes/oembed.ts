/** GET /oembed?url=: what a site that embeds links must know of one (oEmbed 1.0, https://oembed.com). */

import type { Context } from "hono";
import { embedHeight, embedPath } from "./embed/_size.ts";
import { modelFileUrl } from "./models/[id].ts";
import type { Zoo } from "./_zoo.ts";

/** Multiples of 32 and of 64, so that every pixel of a sample covers the same square. */
const WIDTHS = [512, 448, 384, 320, 256, 192, 128];
const DEFAULT_WIDTH = 384;
/** Of posters, in pixels of a page (routes/index.tsx). */
const POSTER_SIZE = 512;

export function oembed(zoo: Zoo) {
  return async (c: Context) => {
    const { url, format = "json", maxwidth, maxheight } = c.req.query();
    if (format !== "json") return c.text('The only format is "json".\n', 501);
    if (!url) return c.text("Give the address of a model's page: /oembed?url=…\n", 400);
    const { origin } = new URL(c.req.url);
    const page = parse(url);
    const id = page?.origin === origin && page.pathname.match(/^\/(?:m|embed)\/([^/]+)\/?$/)?.[1];
    const exhibit = id ? await zoo.get(id) : null;
    if (!page || !exhibit || "problem" in exhibit) {
      return c.text(`There is no model at this address; they are at ${origin}/m/…\n`, 404);
    }
    const { card } = exhibit;
    const width = WIDTHS.find((width) =>
      width <= limit(maxwidth, DEFAULT_WIDTH) &&
      embedHeight(width, card) <= limit(maxheight, Infinity)
    ) ?? WIDTHS.at(-1)!;
    const height = embedHeight(width, card);
    const src = new URL(embedPath(card.id, page.searchParams), origin).href;
    const poster = card.files["poster.png"];
    return c.json({
      version: "1.0",
      type: "rich",
      title: card.title,
      provider_name: "ganlet",
      provider_url: origin,
      html: `<iframe src="${escape(src)}" width="${width}" height="${height}" ` +
        `title="${escape(card.title)}" loading="lazy" style="border:0"></iframe>`,
      width,
      height,
      ...(poster && {
        thumbnail_url: new URL(modelFileUrl(card.id, "poster.png", poster.sha256), origin).href,
        thumbnail_width: POSTER_SIZE,
        thumbnail_height: POSTER_SIZE,
      }),
    });
  };
}

/** The path that describes the page at `url`. */
export function oembedPath(url: string): string {
  return `/oembed?url=${encodeURIComponent(url)}`;
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function limit(text: string | undefined, byDefault: number): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : byDefault;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
