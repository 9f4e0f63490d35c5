import assert from "node:assert/strict";
import { Shelf } from "../../islands/compare/shelf.ts";

/** A shelf whose loads are settled by hand. */
function shelfOfFakes() {
  const started: string[] = [];
  const disposed: string[] = [];
  const settle = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const shelf = new Shelf((id) => {
    started.push(id);
    return new Promise<{ dispose(): void }>((resolve, reject) =>
      settle.set(id, { resolve: () => resolve({ dispose: () => disposed.push(id) }), reject })
    );
  }, () => {});
  const rest = () => new Promise((resolve) => setTimeout(resolve));
  return { shelf, started, disposed, settle, rest };
}

Deno.test("Shelf loads what is wanted one after the other, in the order given", async () => {
  const { shelf, started, settle, rest } = shelfOfFakes();
  shelf.want(["a", "b"]);
  await rest();
  assert.deepEqual(started, ["a"]);
  settle.get("a")!.resolve();
  await rest();
  assert.deepEqual(started, ["a", "b"]);
  assert.ok(typeof shelf.get("a") === "object");
  assert.equal(shelf.get("b"), "loading");
});

Deno.test("Shelf disposes what is wanted no more, also what arrives after that", async () => {
  const { shelf, disposed, settle, rest } = shelfOfFakes();
  shelf.want(["a", "b"]);
  settle.get("a")!.resolve();
  await rest();
  shelf.want([]);
  assert.deepEqual(disposed, ["a"]);
  settle.get("b")!.resolve();
  await rest();
  assert.deepEqual(disposed, ["a", "b"]);
  assert.equal(shelf.get("b"), undefined);
});

Deno.test("Shelf goes on after a failure, keeps its reason, and tries again only when asked anew", async () => {
  const { shelf, started, settle, rest } = shelfOfFakes();
  shelf.want(["a", "b"]);
  settle.get("a")!.reject(new Error("weights.bin is truncated"));
  await rest();
  assert.deepEqual(shelf.get("a"), { problem: "weights.bin is truncated" });
  settle.get("b")!.resolve();
  await rest();
  shelf.want(["a", "b"]);
  assert.deepEqual(started, ["a", "b"]);
  shelf.want(["b"]);
  shelf.want(["a", "b"]);
  await rest();
  assert.deepEqual(started, ["a", "b", "a"]);
});
