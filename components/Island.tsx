/** The seam between server and browser: markup that islands/ brings to life. */

import { type ComponentType, hydrate } from "preact";

interface Props<P> {
  /** The island's file name, without the ending. */
  name: string;
  of: ComponentType<P>;
  /** Must survive JSON: the browser reads them from an attribute. */
  props: P;
  /** URLs that it will fetch: asked for at the first paint, which they must not delay, and before it comes to life. */
  fetches?: string[];
}

/** Renders `of` on the server, with what the browser needs to go on from there. */
export function Island<P extends object>({ name, of: Component, props, fetches }: Props<P>) {
  return (
    <div
      class="island"
      data-island={name}
      data-props={JSON.stringify(props)}
      data-fetches={fetches?.join(" ")}
      data-waiting=""
    >
      <Component {...props} />
    </div>
  );
}

/** Makes every server-rendered island `name` on the page interactive. Runs in the browser. */
export async function hydrateIslands<P extends object>(
  name: string,
  Component: ComponentType<P>,
): Promise<void> {
  await firstPaint();
  for (const root of document.querySelectorAll<HTMLElement>(`[data-island="${name}"]`)) {
    root.dataset.fetches?.split(" ").forEach(preload);
    const props: P = JSON.parse(root.dataset.props!);
    hydrate(<Component {...props} />, root);
    delete root.dataset.waiting;
  }
}

/** Until what the server sent is on the screen; a hidden tab paints nothing, so not for long. */
function firstPaint(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 100);
  });
}

function preload(href: string): void {
  const link = document.createElement("link");
  // "anonymous" is how fetch() asks: another way, and the browser would fetch twice.
  Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href });
  document.head.append(link);
}
