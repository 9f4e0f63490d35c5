import assert from "node:assert/strict";
import { Buffer } from "node:buffer";

Deno.test("deno task build:kernels gives the committed modules, byte for byte", async () => {
  const built = new URL("../../kernels/built/", import.meta.url);
  const folder = await Deno.makeTempDir({ prefix: "ganlet-kernels-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--frozen", "build.ts", folder],
      cwd: new URL("../../kernels/compiler/", import.meta.url),
      stdin: "null",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const names = (path: string | URL) =>
      [...Deno.readDirSync(path)].map(({ name }) => name).sort();
    assert.deepEqual(names(built), names(folder));
    for (const name of names(folder)) {
      const expected = await Deno.readFile(`${folder}/${name}`);
      const committed = await Deno.readFile(new URL(name, built));
      assert.ok(
        Buffer.from(expected).equals(committed),
        `kernels/built/${name} is not what its sources give: run deno task build:kernels`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
