import assert from "node:assert/strict";
import { configFolders, sourceFiles } from "./source_files.ts";

Deno.test("configFolders() gives every TypeScript file to its nearest config", () => {
  const files = ["a.ts", "deno.json", "b/deno.jsonc", "b/c/d.tsx", "bb/e.ts", "readme.md"];
  assert.deepEqual(configFolders(files), [
    { config: "deno.json", files: ["a.ts", "bb/e.ts"] },
    { config: "b/deno.jsonc", files: ["b/c/d.tsx"] },
  ]);
});

Deno.test("sourceFiles() leaves out packages, hidden folders and what the tasks write", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ganlet-sources-" });
  try {
    const data = ["runs/a.ts", "dist/a.ts", ".git/a.ts", "b/node_modules/a.ts", "data/a.ts"];
    for (const path of [...data, "main.ts", "train/data/a.ts"]) {
      const file = `${folder}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(file, "");
    }
    const found = await sourceFiles(new URL(`file://${folder}/`));
    assert.deepEqual(found, ["main.ts", "train/data/a.ts"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
