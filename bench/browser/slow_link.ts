/** A server as seen over a slow line: a proxy that lets bytes through as late as the line would. */

export interface Line {
  /** From the server to the browser, all connections together. The other way is free. */
  bytesPerSecond: number;
  /** There and back. */
  latencyMs: number;
}

const PIECE_BYTES = 8192;
/** What waits before the line, so that it never idles for want of a timer's precision. */
const QUEUE_MS = 30;

/** Proxies `origin` until it is disposed. Chromium's own emulation let 0.95 MB/s through where it was told 1.25. */
export function slowLink(origin: string, line: Line): { origin: string } & AsyncDisposable {
  const server = new URL(origin);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const halfway = line.latencyMs / 2;
  let freeAt = 0; // when the last byte so far has left the server
  const occupy = (bytes: number) =>
    freeAt = Math.max(freeAt, performance.now()) + 1000 * bytes / line.bytesPerSecond;

  async function connect(browser: Deno.Conn): Promise<void> {
    const site = await Deno.connect({ hostname: server.hostname, port: Number(server.port) });
    open.add(browser).add(site);
    await until(performance.now() + line.latencyMs); // a handshake goes there and back
    await Promise.all([
      pump(browser, site, { halfway, occupy: () => performance.now() }),
      pump(site, browser, { halfway, occupy }),
    ]);
    for (const connection of [browser, site]) {
      open.delete(connection);
      connection.close();
    }
  }

  async function serve(): Promise<void> {
    for await (const browser of listener) connect(browser).catch(() => {}); // hung up on
  }
  const served = serve();
  return {
    origin: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      await served;
    },
  };
}

async function pump(
  from: Deno.Conn,
  to: Deno.Conn,
  { halfway, occupy }: { halfway: number; occupy: (bytes: number) => number },
): Promise<void> {
  let written: Promise<unknown> = Promise.resolve();
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const size = await from.read(piece);
    if (size === null) break;
    const leaves = occupy(size);
    written = written.then(async () => {
      await until(leaves + halfway);
      for (let at = 0; at < size;) at += await to.write(piece.subarray(at, size));
    });
    written.catch(() => {}); // heard below
    await until(leaves - QUEUE_MS);
  }
  await written;
  await to.closeWrite();
}

async function until(time: number): Promise<void> {
  const ms = time - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
