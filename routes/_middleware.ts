/** Headers that every answer carries. */

import { createMiddleware } from "hono/factory";

/** The policy of pages. Threads start from blob: scripts; nothing inline, nothing from elsewhere. */
const DIRECTIVES = {
  "default-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'self'",
  "script-src": "'self' 'wasm-unsafe-eval' blob:",
  "worker-src": "'self' blob:",
  "style-src": "'self'",
  "img-src": "'self' data: blob:",
  "media-src": "blob:",
  "connect-src": "'self'",
  "frame-ancestors": "'none'",
};

/** The policy, with other sources for some directives. */
export function contentSecurityPolicy(changes: Partial<typeof DIRECTIVES> = {}): string {
  return Object.entries({ ...DIRECTIVES, ...changes })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ");
}

const EVERYWHERE = {
  // Together these two isolate the page, which is what WASM threads need.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Content-Type-Options": "nosniff",
};

/** Adds the security headers to whatever the routes answer, errors included; a policy of their own stays. */
export const securityHeaders = createMiddleware(async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(EVERYWHERE)) headers.set(name, value);
  if (!headers.has("Content-Security-Policy")) {
    headers.set("Content-Security-Policy", contentSecurityPolicy());
  }
  if (!headers.has("Cross-Origin-Resource-Policy")) {
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
  }
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-cache");
});
