import assert from "node:assert/strict";
import { launchChromium, launchFirefox, servePages, startSite } from "../../browser/harness.ts";
import { largestDifference, neededPolicy, picture } from "../../browser/host_page.ts";
import { makeModels } from "../../browser/site_models.ts";
import { openSample } from "../../browser/explorer_page.ts";
import type {} from "../../../widget/api.ts";
import { projectFiles } from "./project.ts";

const ROOT = new URL("../../../", import.meta.url);

async function run(cwd: string | URL, command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd }).output();
  const text = new TextDecoder();
  const output = text.decode(stdout);
  assert.ok(success, `${command} ${args.join(" ")} failed:\n${output}${text.decode(stderr)}`);
  return output;
}

/** The files below `folder` as pages by their paths. */
async function readPages(
  folder: string,
  path = "",
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const pages: Record<string, Uint8Array<ArrayBuffer>> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder + path)) {
    if (isDirectory) Object.assign(pages, await readPages(folder, `${path}/${name}`));
    else pages[`${path}/${name}`] = await Deno.readFile(`${folder}${path}/${name}`);
  }
  return pages;
}

Deno.test("the package that deno task pack writes draws in a plain, a React and a Vue page built by Vite, and as it lies", async (t) => {
  const models = await makeModels();
  const folder = await Deno.makeTempDir({ prefix: "ganlet-package-" });
  try {
    await using site = await startSite({ models });
    await run(ROOT, Deno.execPath(), "task", "pack");
    const [tarball] =
      (await run(new URL("dist-npm/", ROOT), "npm", "pack", "--pack-destination", folder))
        .trim().split("\n").slice(-1);
    const src = `${site.origin}/models/digits/`;
    for (const [name, text] of Object.entries(projectFiles(src, `./${tarball}`))) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await run(folder, "npm", "install", "--no-audit", "--no-fund");

    await t.step("its types hold, in JSX too", async () => {
      await run(folder, "npx", "tsc");
    });
    await t.step("a server can import it", async () => {
      await run(folder, "node", "--input-type=module", "-e", 'await import("ganlet-sampler")');
    });

    await run(folder, "npx", "vite", "build", "--logLevel", "warn");
    await using browser = await launchChromium();
    const [, expected] = await openSample(browser, site.origin, "?seed=3&backend=wasm");
    const policy = neededPolicy("'self'").replace("connect-src", `connect-src ${site.origin}`);
    await using built = servePages(await readPages(`${folder}/dist`), {
      headers: { "content-security-policy": policy },
    });
    for (const page of ["plain", "react", "vue"]) {
      await t.step(`the ${page} page draws`, async () => {
        const tab = await browser.open(`${built.origin}/${page}.html`);
        await tab.waitFor("seed 3", () => document.title === "drawn 3");
        assert.ok(largestDifference(await picture(tab), expected.data) <= 2);
        tab.assertQuiet();
      });
    }
    await t.step("the package's own files draw when a site serves them", async () => {
      const files = await readPages(`${folder}/node_modules/ganlet-sampler`);
      const html = `<!doctype html><title>host</title>
        <script type="module" src="/ganlet-sampler.js"></script>
        <ganlet-sampler src="${src}" seed="3"></ganlet-sampler>`;
      await using host = servePages({ ...files, "/": html }, {
        headers: { "content-security-policy": policy },
      });
      await using firefox = await launchFirefox();
      const tab = await firefox.open(host.origin);
      await tab.waitFor("a picture", () => document.querySelector("ganlet-sampler")!.loaded);
      assert.ok(largestDifference(await picture(tab), expected.data) <= 2);
      tab.assertQuiet();
    });
  } finally {
    await Deno.remove(models, { recursive: true });
    await Deno.remove(folder, { recursive: true });
  }
});
