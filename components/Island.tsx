/** The seam between server and browser: markup that islands/ brings to life. */

import { type ComponentType, hydrate } from "preact";

interface Props<P> {
  /** The island's file name, without the ending. */
  name: string;
  of: ComponentType<P>;
  /** Must survive JSON: the browser reads them from an attribute. */
  props: P;
}

/** Renders `of` on the server, with what the browser needs to go on from there. */
export function Island<P extends object>({ name, of: Component, props }: Props<P>) {
  return (
    <div class="island" data-island={name} data-props={JSON.stringify(props)}>
      <Component {...props} />
    </div>
  );
}

/** Makes every server-rendered island `name` on the page interactive. Runs in the browser. */
export function hydrateIslands<P extends object>(name: string, Component: ComponentType<P>): void {
  for (const root of document.querySelectorAll<HTMLElement>(`[data-island="${name}"]`)) {
    const props: P = JSON.parse(root.dataset.props!);
    hydrate(<Component {...props} />, root);
  }
}
