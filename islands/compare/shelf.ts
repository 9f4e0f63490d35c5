/** What became of a model that was wanted. */
export type Outcome<Loaded> = { loaded: Loaded } | { problem: string } | "loading";

interface Disposable {
  dispose(): void;
}

/**
 * The samplers of several models. Only what is wanted is loaded, one after the other so that the first
 * is there soonest; what is wanted no more is disposed.
 */
export class Shelf<Loaded extends Disposable> {
  readonly #outcomes = new Map<string, Outcome<Loaded>>();
  #wanted: readonly string[] = [];
  #isLoading = false;
  #isClosed = false;

  /** `changed` hears that an outcome has changed. */
  constructor(
    private readonly load: (id: string) => Promise<Loaded>,
    private readonly changed: () => void,
  ) {}

  get(id: string): Outcome<Loaded> | undefined {
    return this.#outcomes.get(id);
  }

  /** Loads these and no others, in this order. What failed is not tried again while it stays wanted. */
  want(ids: readonly string[]): void {
    this.#wanted = ids;
    for (const [id, outcome] of this.#outcomes) {
      if (ids.includes(id) || outcome === "loading") continue;
      this.#outcomes.delete(id);
      if ("loaded" in outcome) outcome.loaded.dispose();
    }
    if (!this.#isLoading) this.#loadNext();
  }

  close(): void {
    this.want([]);
    this.#isClosed = true;
  }

  async #loadNext(): Promise<void> {
    this.#isLoading = true;
    for (let id = this.#missing(); id !== undefined; id = this.#missing()) {
      this.#outcomes.set(id, "loading");
      this.changed();
      const outcome = await this.load(id).then(
        (loaded) => ({ loaded }),
        (error) => ({ problem: error instanceof Error ? error.message : String(error) }),
      );
      this.#outcomes.delete(id);
      if (this.#wanted.includes(id)) this.#outcomes.set(id, outcome);
      else if ("loaded" in outcome) outcome.loaded.dispose();
      if (!this.#isClosed) this.changed();
    }
    this.#isLoading = false;
  }

  #missing(): string | undefined {
    return this.#wanted.find((id) => !this.#outcomes.has(id));
  }
}
