/** Every route of the site, on one Hono app. */

import { Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { methodNotAllowed } from "hono/method-not-allowed";
import { trimTrailingSlash } from "hono/trailing-slash";
import { notFound } from "./_404.tsx";
import type { Site } from "./_app.tsx";
import type { Build } from "./_build.ts";
import { serverError } from "./_error.tsx";
import { contentSecurityPolicy, securityHeaders } from "./_middleware.ts";
import { Zoo } from "./_zoo.ts";
import { modelsApi } from "./api/models.ts";
import { assets } from "./assets.ts";
import { embed } from "./embed/[id].tsx";
import { healthz } from "./healthz.ts";
import { gallery } from "./index.tsx";
import { explorer } from "./m/[id].tsx";
import { modelFile } from "./models/[id].ts";
import { modelZip } from "./models/zip.ts";
import { oembed } from "./oembed.ts";
import { widgetScript } from "./widget.js.ts";
import { widgetPage } from "./widget.tsx";

export interface SiteOptions {
  /** What deno task build wrote. */
  build: Build;
  /** The folder of the models, laid out like models/. */
  models: string;
  /** URLs of scripts that every page runs: the development server's. */
  extraScripts?: string[];
}

export function createSite({ build, models, extraScripts = [] }: SiteOptions): Hono {
  const app = new Hono();
  const site: Site = { build, extraScripts };
  const zoo = new Zoo(models);

  app.use(securityHeaders, compress(), methodNotAllowed({ app }), trimTrailingSlash());
  // Model files, and the scripts of the element that draws them, are for every page on the web; a
  // script there may ask for ranges and read the tags.
  const forEveryPage = cors({
    origin: "*",
    allowMethods: ["GET", "HEAD"],
    allowHeaders: ["Range", "If-Range", "If-None-Match"],
    exposeHeaders: ["ETag", "Content-Length", "Content-Range", "Accept-Ranges"],
    maxAge: 86_400,
  });
  for (const path of ["/models/*", "/assets/*", "/widget.js", "/oembed"]) {
    app.use(path, forEveryPage);
  }
  // Errors as well: a frame that may not be shown tells nobody why.
  app.use("/embed/*", async (c, next) => {
    await next();
    c.header("Content-Security-Policy", contentSecurityPolicy({ "frame-ancestors": "*" }));
    c.header("Cross-Origin-Resource-Policy", "cross-origin");
  });
  const tagged = etag({ weak: true });

  app.get("/", tagged, gallery(site, zoo));
  app.get("/m/:id", tagged, explorer(site, zoo));
  app.get("/models/:zip{[a-z0-9-]+\\.zip}", modelZip(zoo));
  app.get("/models/:id/:path{.+}", modelFile(zoo));
  app.get("/api/models", tagged, modelsApi(zoo));
  app.get("/assets/:name", assets(build));
  app.get("/widget", tagged, widgetPage(site, zoo));
  app.get("/widget.js", tagged, widgetScript(build));
  app.get("/embed/:id", tagged, embed(site, zoo));
  app.get("/oembed", tagged, oembed(zoo));
  app.get("/healthz", healthz);

  app.notFound(notFound(site));
  app.onError(serverError(site));
  return app;
}
