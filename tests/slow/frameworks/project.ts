/** A scratch Vite project that installs the package: a plain, a React and a Vue page. */

const html = (script: string) =>
  `<!doctype html><html lang="en"><title>page</title><div id="app"></div>
<script type="module" src="./${script}"></script></html>`;

/** `src` is a model's folder, `tarball` the package's file. */
export function projectFiles(src: string, tarball: string): Record<string, string> {
  return {
    "package.json": JSON.stringify({
      private: true,
      type: "module",
      dependencies: {
        "@types/react": "19.3.0",
        "@types/react-dom": "19.3.0",
        "ganlet-sampler": `file:${tarball}`,
        "react": "19.3.1",
        "react-dom": "19.3.1",
        "typescript": "5.9.3",
        "vite": "8.3.8",
        "vue": "3.5.45",
      },
    }),
    "vite.config.js": `export default {
  base: "./",
  build: { rollupOptions: { input: ["plain.html", "react.html", "vue.html"] } },
};`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        ...{ strict: true, noEmit: true, target: "es2022", module: "esnext" },
        ...{ moduleResolution: "bundler", jsx: "react-jsx", lib: ["es2022", "dom"], types: [] },
      },
      include: ["*.ts", "*.tsx"],
    }),
    "plain.html": html("plain.ts"),
    "plain.ts": `import "ganlet-sampler";
const element = document.createElement("ganlet-sampler");
element.src = ${JSON.stringify(src)};
element.seed = 3;
element.addEventListener("sample", ({ detail }) => {
  document.title = \`drawn \${detail.seed}\`;
});
// @ts-expect-error: a seed is a number
element.seed = "three";
element.seed = 3;
document.querySelector("#app")!.append(element);
`,
    "react.html": html("react.tsx"),
    "react.tsx": `import "ganlet-sampler";
import type {} from "ganlet-sampler/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [seed, setSeed] = useState(2);
  return (
    <ganlet-sampler
      src=${JSON.stringify(src)}
      seed={seed}
      controls
      onload={() => setSeed(3)}
      onsample={({ detail }) => { document.title = \`drawn \${detail.seed}\`; }}
    />
  );
}
createRoot(document.querySelector("#app")!).render(<StrictMode><App /></StrictMode>);
`,
    "vue.html": html("vue.ts"),
    "vue.ts": `import "ganlet-sampler";
import type {} from "ganlet-sampler/vue";
import { createApp, h, ref } from "vue";

createApp({
  setup() {
    const seed = ref(2);
    return () =>
      h("ganlet-sampler", {
        src: ${JSON.stringify(src)},
        seed: seed.value,
        controls: true,
        onLoad: () => seed.value = 3,
        onSample: ({ detail }: CustomEvent<{ seed: number }>) => {
          document.title = \`drawn \${detail.seed}\`;
        },
      });
  },
}).mount("#app");
`,
  };
}
