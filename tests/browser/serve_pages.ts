/** A page's answer by its path; text and bytes get a content type by the path's ending. */
export type Files = Record<string, string | Uint8Array<ArrayBuffer>>;
export type Handler = (request: Request) => Response | Promise<Response>;

export interface PageServer extends AsyncDisposable {
  /** Without a slash at the end: `http://127.0.0.1:40123`. */
  readonly origin: string;
}

export interface ServePagesOptions {
  /** Send COOP `same-origin` and COEP `require-corp`, so that pages may use threads. */
  isolated?: boolean;
  /** Further headers of every answer. */
  headers?: Record<string, string>;
}

const CONTENT_TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  wasm: "application/wasm",
  png: "image/png",
  svg: "image/svg+xml",
};

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Serves made-up pages on a free port of 127.0.0.1 (a secure context: WebGPU and threads are
 * allowed there). Two servers are two origins. Ends with `await using`.
 */
export function servePages(pages: Files | Handler, options: ServePagesOptions = {}): PageServer {
  const answer = typeof pages === "function" ? pages : fromFiles(pages);
  const headers = { ...(options.isolated ? ISOLATION : {}), ...options.headers };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const response = await answer(request);
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      return response;
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function fromFiles(files: Files): Handler {
  return (request) => {
    const path = new URL(request.url).pathname;
    if (path === "/favicon.ico") return new Response(null, { status: 204 });
    const file = path.endsWith("/") ? `${path}index.html` : path;
    const body = files[path] ?? files[file];
    if (body === undefined) return new Response(`no page ${path}`, { status: 404 });
    const ending = file.slice(file.lastIndexOf(".") + 1);
    const type = CONTENT_TYPES[ending] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": type } });
  };
}
