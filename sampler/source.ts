import { ModelError } from "./model_error.ts";

/** Where a model's files come from. */
export interface ModelSource {
  /** What messages call the file at `path`: its URL, or its path on disk. */
  where(path: string): string;
  /**
   * The bytes of the file at `path`, relative to the model's folder. `onBytes` hears how many have
   * arrived. Throws a ModelError `missing` when it cannot be read.
   */
  read(path: string, onBytes?: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>>;
}

export interface UrlOptions {
  signal?: AbortSignal;
  /** A file of more bytes is refused as soon as that is known. */
  mostBytes?: number;
}

/** Models in this page's or process's memory, by the URLs that stand for them. */
const held = new Map<string, ModelSource>();
let holds = 0;

/**
 * A URL by which `urlSource` and so every sampler finds `source`, until it is released; no other page
 * knows it. `name` is its last part.
 */
export function holdSource(source: ModelSource, name: string): { url: string; release(): void } {
  const url = `held:${++holds}/${name}/`;
  held.set(url, source);
  return { url, release: () => held.delete(url) };
}

/** A model folder on the web. `url` may be relative to the page; a slash at its end is not needed. */
export function urlSource(url: string, { signal, mostBytes }: UrlOptions = {}): ModelSource {
  const folder = url.endsWith("/") ? url : `${url}/`;
  const source = held.get(folder);
  if (source) return source;
  const where = (path: string) => folder + path;
  return {
    where,
    async read(path, onBytes) {
      let response: Response;
      try {
        response = await fetch(where(path), { signal });
        if (response.ok) return await readAll(response, where(path), onBytes, mostBytes);
      } catch (cause) {
        if (signal?.aborted || cause instanceof ModelError) throw cause;
        throw new ModelError(
          "missing",
          `${where(path)}: could not be fetched (${messageOf(cause)})`,
          { cause },
        );
      }
      await response.body?.cancel(); // an unread answer keeps its connection
      throw new ModelError("missing", `${where(path)}: the server answered ${response.status}`);
    },
  };
}

/** A visitor's own files by name: what was dropped on the page. */
export function fileSource(files: Iterable<File>): ModelSource {
  const byName = new Map([...files].map((file) => [file.name, file]));
  return {
    where: (path) => path,
    async read(path, onBytes) {
      const file = byName.get(path);
      if (!file) {
        const found = [...byName.keys()].sort().join(", ") || "no file";
        throw new ModelError("missing", `${path}: expected beside the other files, found ${found}`);
      }
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        onBytes?.(bytes.length);
        return bytes;
      } catch (cause) {
        // It was moved or changed since it was chosen, or is larger than memory.
        const reason = messageOf(cause);
        throw new ModelError("missing", `${path}: could not be read (${reason})`, { cause });
      }
    },
  };
}

/** Files that are in memory already; `where` is what messages call them. */
export function memorySource(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  where: (path: string) => string,
): ModelSource {
  return {
    where,
    read(path, onBytes) {
      const bytes = files.get(path);
      if (!bytes) return Promise.reject(new ModelError("missing", `${where(path)}: no such file`));
      onBytes?.(bytes.length);
      return Promise.resolve(bytes);
    },
  };
}

async function readAll(
  response: Response,
  where: string,
  onBytes?: (bytes: number) => void,
  mostBytes = Infinity,
): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = async (cancel: () => Promise<unknown> | undefined) => {
    await cancel();
    return new ModelError(
      "length",
      `${where}: more than ${Math.round(mostBytes / 1e6)} MB, which is no small generator`,
    );
  };
  if (Number(response.headers.get("content-length")) > mostBytes) {
    throw await refuse(() => response.body?.cancel());
  }
  if (!response.body || (!onBytes && mostBytes === Infinity)) {
    return new Uint8Array(await response.arrayBuffer());
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    length += next.value.length;
    if (length > mostBytes) throw await refuse(() => reader.cancel());
    onBytes?.(length);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
