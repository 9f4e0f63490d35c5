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

/** A model folder on the web. `url` may be relative to the page; a slash at its end is not needed. */
export function urlSource(url: string, { signal }: { signal?: AbortSignal } = {}): ModelSource {
  const folder = url.endsWith("/") ? url : `${url}/`;
  const where = (path: string) => folder + path;
  return {
    where,
    async read(path, onBytes) {
      let response: Response;
      try {
        response = await fetch(where(path), { signal });
        if (response.ok) return await readAll(response, onBytes);
      } catch (cause) {
        if (signal?.aborted) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new ModelError("missing", `${where(path)}: could not be fetched (${reason})`, {
          cause,
        });
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
      const bytes = new Uint8Array(await file.arrayBuffer());
      onBytes?.(bytes.length);
      return bytes;
    },
  };
}

async function readAll(
  response: Response,
  onBytes?: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body || !onBytes) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    onBytes(length += next.value.length);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
