import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { sendPage, type Site } from "./_app.tsx";

/** The visitor learns that something failed; what it was goes to the log alone. */
export function serverError(site: Site) {
  return (error: Error, c: Context) => {
    if (error instanceof HTTPException) return error.getResponse();
    console.error(`${c.req.method} ${c.req.path} failed:`, error);
    return sendPage(c, site, {
      title: "Something went wrong · ganlet",
      description: "The server could not answer.",
      status: 500,
      children: (
        <section class="notice">
          <p class="eyebrow">500</p>
          <h1>Something went wrong on our side.</h1>
          <p>
            The server's log says what. Try again, or go back to <a href="/">the gallery</a>.
          </p>
        </section>
      ),
    });
  };
}
