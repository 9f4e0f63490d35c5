import assert from "node:assert/strict";
import { join } from "node:path";
import { folderName, folderSlug, isFolderPath } from "../../train/data/folder_name.ts";
import { scanFolder } from "../../train/data/folder_scan.ts";
import { Refusal } from "../../train/refusal.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const isWindows = Deno.build.os === "windows"; // links need a privilege there

async function write(folder: string, ...files: string[]): Promise<void> {
  for (const file of files) {
    await Deno.mkdir(join(folder, file, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, file), file);
  }
}

const namesOf = ({ files }: { files: readonly { file: string }[] }) =>
  files.map(({ file }) => file);

Deno.test("scanFolder() finds files below folders, sorted, with size and time", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, "b.png", "a/z.jpg", "a/b/c.webp", "c.txt");
  await Deno.utime(join(folder.path, "b.png"), new Date(0), new Date(1_700_000_000_000));
  const found = await scanFolder(folder.path, 100);
  assert.deepEqual(namesOf(found), ["a/b/c.webp", "a/z.jpg", "b.png", "c.txt"]);
  const { changedMs, ...file } = found.files[2];
  assert.deepEqual(file, { file: "b.png", bytes: 5, modifiedMs: 1_700_000_000_000 });
  if (!isWindows) assert.ok(Math.abs(changedMs - Date.now()) < 600_000);
  assert.deepEqual(found.leftOut, []);
});

Deno.test({
  name: "scanFolder() sees that a file's permissions have changed, which may make it readable",
  ignore: isWindows,
  async fn() {
    await using folder = await temporaryFolder();
    await write(folder.path, "a.png");
    const [before] = (await scanFolder(folder.path, 100)).files;
    await new Promise((done) => setTimeout(done, 1100)); // Deno tells this time in whole seconds
    await Deno.chmod(join(folder.path, "a.png"), 0o600);
    const [after] = (await scanFolder(folder.path, 100)).files;
    assert.equal(after.modifiedMs, before.modifiedMs);
    assert.notEqual(after.changedMs, before.changedMs);
  },
});

Deno.test("scanFolder() passes over hidden files and folders", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, ".DS_Store", ".git/a.png", "a/.thumbnails/b.png", "c.png");
  assert.deepEqual(namesOf(await scanFolder(folder.path, 100)), ["c.png"]);
});

Deno.test({
  name: "scanFolder() follows links, and ends where they form a loop",
  ignore: isWindows,
  async fn() {
    await using folder = await temporaryFolder();
    await using elsewhere = await temporaryFolder();
    await write(folder.path, "a/b/c.png");
    await write(elsewhere.path, "d.png");
    await Deno.symlink(folder.path, join(folder.path, "a", "b", "up"));
    await Deno.symlink(join(folder.path, "a"), join(folder.path, "z"));
    await Deno.symlink(elsewhere.path, join(folder.path, "linked"));
    const found = await scanFolder(folder.path, 100);
    assert.deepEqual(namesOf(found), ["a/b/c.png", "linked/d.png"]);
    assert.deepEqual(found.leftOut, []);
  },
});

Deno.test({
  name: "scanFolder() leaves out and names broken links, links to themselves and huge files",
  ignore: isWindows,
  async fn() {
    await using folder = await temporaryFolder();
    await write(folder.path, "a.png", "huge.png");
    await Deno.truncate(join(folder.path, "huge.png"), 200_000_001); // sparse: takes no room
    await Deno.symlink(join(folder.path, "nowhere"), join(folder.path, "broken.png"));
    await Deno.symlink(join(folder.path, "self.png"), join(folder.path, "self.png"));
    const found = await scanFolder(folder.path, 100);
    assert.deepEqual(namesOf(found), ["a.png"]);
    const [broken, huge, self] = found.leftOut;
    assert.deepEqual(broken, {
      file: "broken.png",
      reason: "No such file or directory (os error 2)",
    });
    assert.deepEqual(huge, { file: "huge.png", reason: "too large: 201 MB, at most 200 MB" });
    assert.equal(self.file, "self.png");
    assert.match(self.reason, /symbolic links|loop/i);
  },
});

Deno.test({
  name: "scanFolder() passes over pipes, whose reading may never end",
  ignore: isWindows,
  async fn() {
    await using folder = await temporaryFolder();
    const made = await new Deno.Command("mkfifo", { args: [join(folder.path, "a.png")] }).output();
    assert.ok(made.success);
    const found = await scanFolder(folder.path, 100);
    assert.deepEqual([found.files, found.leftOut], [[], []]);
  },
});

Deno.test("scanFolder() refuses a folder that is missing, a file, or too many files", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, "a.png", "b.png", "c.png");
  const refusal = (path: string, most = 100) =>
    scanFolder(path, most).then(() => "accepted", (error) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.exitCode, 2);
      return error.message;
    });
  const missing = join(folder.path, "missing");
  assert.equal(
    await refusal(missing),
    `--data ${missing} cannot be read: No such file or directory (os error 2)`,
  );
  const file = join(folder.path, "a.png");
  assert.equal(await refusal(file), `--data ${file} is a file; a folder of images is wanted`);
  assert.match(await refusal(folder.path, 2), /holds more than 2 files/);
});

Deno.test("isFolderPath() takes a path for what holds a separator, or names a folder", async () => {
  await using folder = await temporaryFolder();
  assert.ok(isFolderPath("./photos"));
  assert.ok(isFolderPath("..\\photos"));
  assert.ok(isFolderPath(folder.path));
  assert.ok(isFolderPath(".."));
  assert.ok(!isFolderPath("minst"));
  assert.ok(!isFolderPath(""));
});

Deno.test("folderName() is the last part, also of `.` and with a separator at the end", () => {
  assert.equal(folderName("/home/me/My Cats/"), "My Cats");
  assert.equal(folderName("."), folderName(Deno.cwd()));
  assert.equal(folderName("/"), "images");
});

Deno.test("folderSlug() joins lower-case words by hyphens", () => {
  assert.equal(folderSlug("/home/me/My Cats (2024)/"), "my-cats-2024");
  assert.equal(folderSlug("./фото"), "images");
});
