/** GET /embed/:id: the element alone, for a frame on somebody else's page. */

import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { GanletElement } from "../../components/GanletElement.tsx";
import type { Site } from "../_app.tsx";
import { WIDGET_ELEMENT } from "../_build.ts";
import type { Zoo } from "../_zoo.ts";
import { modelFileUrl } from "../models/[id].ts";
import { embedParameters } from "./_size.ts";

export function embed(site: Site, zoo: Zoo) {
  return async (c: Context) => {
    const id = c.req.param("id") ?? "";
    const exhibit = await zoo.get(id);
    const send = (title: string, status: ContentfulStatusCode, children: ComponentChildren) =>
      c.html(
        `<!DOCTYPE html>${renderToString(<Frame {...{ site, title, children }} />)}`,
        status,
      );
    if (exhibit === null) {
      return send(
        "Not found",
        404,
        <Failure what={`There is no model “${id}” here.`}>
          It may have been renamed. <a href="/" target="_blank" rel="noopener">The gallery</a>{" "}
          lists every model.
        </Failure>,
      );
    }
    if ("problem" in exhibit) {
      return send(id, 500, <Failure what="This model cannot be shown.">{exhibit.problem}</Failure>);
    }
    const { card } = exhibit;
    const { controls = "1", ...parameters } = embedParameters(new URL(c.req.url).searchParams);
    const poster = card.files["poster.png"];
    return send(
      card.title,
      200,
      <>
        <GanletElement
          {...parameters}
          src={`/models/${id}/`}
          alt={card.title}
          controls={controls !== "0"}
        >
          {poster && (
            <img
              slot="poster"
              src={modelFileUrl(id, "poster.png", poster.sha256)}
              alt={`Sixteen samples of ${card.title}`}
            />
          )}
        </GanletElement>
        <noscript>
          <p>Drawing needs JavaScript.</p>
        </noscript>
        <header class="caption">
          <h1>
            <a href={`/m/${id}`} target="_blank" rel="noopener">{card.title}</a>
          </h1>
          <p>, drawn in your browser</p>
        </header>
      </>,
    );
  };
}

function Failure({ what, children }: { what: string; children: ComponentChildren }) {
  return (
    <div class="failure">
      <h1>{what}</h1>
      <p>{children}</p>
    </div>
  );
}

function Frame({ site: { build, extraScripts }, title, children }: {
  site: Site;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ganlet`}</title>
        <link rel="icon" href={build.url("static/icon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={build.url("static/embed.css")} />
        <script type="module" src="/widget.js" />
        {build.scriptUrls(WIDGET_ELEMENT).map((href) => (
          <link key={href} rel="modulepreload" href={href} />
        ))}
        {extraScripts.map((src) => <script key={src} type="module" src={src} />)}
      </head>
      <body>
        <main>{children}</main>
      </body>
    </html>
  );
}
