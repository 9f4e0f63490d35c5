/** The document around every page. */

import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Build } from "./_build.ts";
import { NAVIGATION, type NavigationKey } from "./_navigation.ts";

/** What every page is made from. */
export interface Site {
  readonly build: Build;
  /** Scripts of the development server, none when the site is served for real. */
  readonly extraScripts: readonly string[];
}

export interface Page {
  title: string;
  description: string;
  /** Path of a picture for link previews. */
  image?: string;
  /** The islands on the page, by file name: ["Explorer"]. */
  islands?: string[];
  /** URLs of scripts that the islands import at once, so that the browser need not wait for the islands. */
  modules?: string[];
  /** URL of the picture that the page is about: nothing goes before it on a slow line. */
  picture?: string;
  /** A stylesheet that no other page needs, by its source. */
  stylesheet?: string;
  /** URLs of further scripts, modules. */
  scripts?: string[];
  /** Path of what oEmbed has to say of the page. */
  oembed?: string;
  /** The entry of the main navigation that this page is. */
  current?: NavigationKey;
  status?: ContentfulStatusCode;
  children: ComponentChildren;
}

/** Answers with `page` inside the document. */
export function sendPage(c: Context, site: Site, page: Page): Response {
  const origin = new URL(c.req.url).origin;
  const html = renderToString(<App site={site} page={page} origin={origin} />);
  return c.html(`<!DOCTYPE html>${html}`, page.status ?? 200);
}

function App({ site, page, origin }: { site: Site; page: Page; origin: string }) {
  const { build } = site;
  const scripts = (page.islands ?? []).map((name) => build.scriptUrls(`islands/${name}.tsx`));
  const entries = [...scripts.map(([entry]) => entry), ...page.scripts ?? []];
  const imported = new Set([...scripts.flatMap(([_, ...rest]) => rest), ...page.modules ?? []]);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{page.title}</title>
        <meta name="description" content={page.description} />
        <meta name="color-scheme" content="light dark" />
        <meta property="og:title" content={page.title} />
        <meta property="og:description" content={page.description} />
        <meta property="og:type" content="website" />
        {page.image && <meta property="og:image" content={new URL(page.image, origin).href} />}
        {page.oembed && (
          <link
            rel="alternate"
            type="application/json+oembed"
            href={new URL(page.oembed, origin).href}
            title={page.title}
          />
        )}
        <link rel="icon" href={build.url("static/icon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={build.url("static/styles.css")} />
        {page.stylesheet && <link rel="stylesheet" href={build.url(page.stylesheet)} />}
        {page.picture && <link rel="preload" as="image" href={page.picture} fetchpriority="high" />}
        {entries.map((src) => <script key={src} type="module" src={src} />)}
        {[...imported].map((href) => <link key={href} rel="modulepreload" href={href} />)}
        {site.extraScripts.map((src) => <script key={src} type="module" src={src} />)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="masthead">
          <a class="wordmark" href="/">ganlet</a>
          <nav aria-label="Pages">
            {NAVIGATION.map(({ key, path, label }) => (
              <a key={key} href={path} aria-current={page.current === key ? "page" : undefined}>
                {label}
              </a>
            ))}
          </nav>
        </header>
        <main id="content" tabIndex={-1}>{page.children}</main>
        <footer class="colophon">
          <p>
            Trained with Deno and TensorFlow.js. Every picture here is computed in your own browser;
            nothing you do is sent anywhere.
          </p>
        </footer>
      </body>
    </html>
  );
}
