/** Samples that a visitor keeps, in their own browser: the queries that name them. */

/** More would fill the page, not help. */
const MOST = 48;

/** What of a browser's storage is used here. */
export type Shelf = Pick<Storage, "getItem" | "setItem">;

export class Favourites {
  /** `shelf` throws where the browser denies storage; `model` keeps the favourites of models apart. */
  constructor(private readonly shelf: () => Shelf, private readonly model: string) {}

  /** What is kept, the newest last. Throws an Error in one line when the browser denies it. */
  read(): string[] {
    return parse(allowed(() => this.shelf().getItem(this.#key)));
  }

  /** Keeps `queries`, the newest of them where there are too many; what was kept. Throws as `read()` does. */
  write(queries: readonly string[]): string[] {
    const kept = queries.slice(-MOST);
    allowed(() => this.shelf().setItem(this.#key, JSON.stringify(kept)));
    return kept;
  }

  get #key(): string {
    return `ganlet favourites ${this.model}`;
  }
}

function allowed<T>(access: () => T): T {
  try {
    return access();
  } catch (cause) {
    throw new Error("This browser keeps nothing for this page, so favourites end with it.", {
      cause,
    });
  }
}

/** Whatever else was put there counts for nothing. */
function parse(text: string | null): string[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(value)) return [];
    return value.filter((query) => typeof query === "string" && query.length < 4000).slice(-MOST);
  } catch {
    return [];
  }
}
