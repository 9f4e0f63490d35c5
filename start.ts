/**
 * `deno task start`: serves the site.
 *
 * Not main.ts itself, because Deno prints a warning about every module that it runs although
 * `deno serve` could serve it.
 */

import { listen } from "./main.ts";

listen();
