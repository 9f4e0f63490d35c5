import type { Context } from "hono";
import { sendPage, type Site } from "./_app.tsx";

export function notFound(site: Site) {
  return (c: Context) =>
    sendPage(c, site, {
      title: "Not found · ganlet",
      description: "There is no such page.",
      status: 404,
      children: (
        <section class="notice">
          <p class="eyebrow">404</p>
          <h1>There is nothing at this address.</h1>
          <p>
            The model or page may have been renamed. <a href="/">The gallery</a> lists every model.
          </p>
        </section>
      ),
    });
}
