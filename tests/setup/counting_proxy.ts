/** Waits for nothing longer than this before the first bytes of a registry. */
const CONNECT_TIMEOUT_MS = 20_000;

export interface CountingProxy extends AsyncDisposable {
  /** For HTTPS_PROXY. */
  readonly url: string;
  /** Bytes that came in through the proxy so far, by host: encrypted, so with TLS's overhead. */
  readonly received: ReadonlyMap<string, number>;
  /** Hosts that could not be reached, with the reason. */
  readonly unreachable: ReadonlyMap<string, string>;
}

/**
 * A proxy on a free port that passes HTTPS on unread (`CONNECT host:443`) and counts what comes back.
 * Counting on the wire misses nothing: not the registry's answers beside the packages, no other host.
 */
export function startCountingProxy(): CountingProxy {
  const received = new Map<string, number>();
  const unreachable = new Map<string, string>();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const tunnels: Promise<void>[] = [];

  const accepting = (async () => {
    for await (const client of listener) {
      open.add(client);
      tunnels.push(tunnel(client).finally(() => close(client)));
    }
  })();

  async function tunnel(client: Deno.TcpConn): Promise<void> {
    const target = await readTarget(client);
    if (target === null) return;
    let server: Deno.TcpConn;
    try {
      server = await connect(target.hostname, target.port);
    } catch (error) {
      unreachable.set(target.hostname, (error as Error).message);
      await client.write(new TextEncoder().encode("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
      return;
    }
    open.add(server);
    try {
      await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection Established\r\n\r\n"));
      const count = (bytes: number) =>
        received.set(target.hostname, (received.get(target.hostname) ?? 0) + bytes);
      await Promise.all([
        copy(client, server).finally(() => close(server)),
        copy(server, client, count).finally(() => close(client)),
      ]);
    } finally {
      close(server); // also where the client left while the server was being reached
    }
  }

  function close(connection: Deno.TcpConn): void {
    if (open.delete(connection)) connection.close();
  }

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    received,
    unreachable,
    async [Symbol.asyncDispose]() {
      listener.close();
      open.forEach(close);
      await accepting;
      await Promise.allSettled(tunnels);
    },
  };
}

/** Reads `CONNECT host:port HTTP/1.1` and its headers; `null` if the client says anything else. */
async function readTarget(
  client: Deno.TcpConn,
): Promise<{ hostname: string; port: number } | null> {
  let head = "";
  const buffer = new Uint8Array(1);
  // One byte a read: what follows the empty line is not ours.
  while (!head.endsWith("\r\n\r\n")) {
    if (head.length > 8192 || await client.read(buffer) === null) return null;
    head += String.fromCharCode(buffer[0]);
  }
  const match = head.match(/^CONNECT ([^\s:]+):(\d+) /);
  return match && { hostname: match[1], port: Number(match[2]) };
}

async function connect(hostname: string, port: number): Promise<Deno.TcpConn> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), CONNECT_TIMEOUT_MS);
  try {
    return await Deno.connect({ hostname, port, signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function copy(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  count: (bytes: number) => void = () => {},
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
      count(size);
      for (let written = 0; written < size;) {
        written += await to.write(buffer.subarray(written, size));
      }
    }
  } catch { /* either end may hang up at any time; the other is closed then */ }
}
