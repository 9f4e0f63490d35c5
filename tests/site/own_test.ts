import assert from "node:assert/strict";
import { folderUrl, nameOf } from "../../islands/own/address.ts";
import { chosenModel } from "../../islands/own/dropped.ts";

const ORIGIN = "https://ganlet.example";

for (
  const [text, folder] of [
    ["https://a.example/my-model", "https://a.example/my-model/"],
    [" https://a.example/my-model/ ", "https://a.example/my-model/"],
    ["https://a.example/x/model.json?download=1#top", "https://a.example/x/"],
    ["https://a.example/x/card.json", "https://a.example/x/"],
    ["https://user:secret@a.example/x/", "https://a.example/x/"],
    ["http://localhost:8080/x", "http://localhost:8080/x/"],
    ["/models/wgan-gp-mnist/", `${ORIGIN}/models/wgan-gp-mnist/`],
    [`${ORIGIN}/m/wgan-gp-mnist?seed=3`, `${ORIGIN}/models/wgan-gp-mnist/`],
    ["https://a.example/m/wgan-gp-mnist", "https://a.example/m/wgan-gp-mnist/"],
  ]
) {
  Deno.test(`folderUrl("${text}") is ${folder}`, () => {
    assert.equal(folderUrl(text, ORIGIN), folder);
  });
}

for (
  const [text, problem] of [
    ["http://a.example/x", /cannot be read from here: an address begins with https:\/\//],
    ["javascript:alert(1)", /cannot be read from here/],
    ["file:///home/me/model", /cannot be read from here/],
    ["https://", /is no address/],
  ] as const
) {
  Deno.test(`folderUrl("${text}") says what an address looks like`, () => {
    assert.throws(() => folderUrl(text, ORIGIN), problem);
  });
}

Deno.test("a page on plain http may open what lies on its own site", () => {
  assert.equal(folderUrl("/models/x", "http://10.0.0.7:8000"), "http://10.0.0.7:8000/models/x/");
});

Deno.test("nameOf() is the folder's name, the host's where it has none", () => {
  assert.equal(nameOf("https://a.example/models/my%20faces/"), "my faces");
  assert.equal(nameOf("https://a.example/100%/"), "100%");
  assert.equal(nameOf("https://a.example/"), "a.example");
});

Deno.test("chosenModel() takes the files beside the uppermost model.json", () => {
  const named = (path: string) => ({ path, file: new File([], path.split("/").at(-1)!) });
  const { name, files } = chosenModel([
    "runs/mine/card.json",
    "runs/mine/old/model.json",
    "runs/mine/model.json",
    "runs/mine/weights.bin",
    "runs/notes.txt",
  ].map(named));
  assert.equal(name, "mine");
  assert.deepEqual(files.map(({ name }) => name), ["card.json", "model.json", "weights.bin"]);
});

Deno.test("chosenModel() of files without a folder or a model.json takes them all", () => {
  const files = ["weights.bin", "card.json"].map((path) => ({ path, file: new File([], path) }));
  assert.equal(chosenModel(files).files.length, 2);
  assert.equal(chosenModel(files).name, "Your model");
});
